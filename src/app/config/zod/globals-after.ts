import { clearGlobals } from './globals-before.ts';

clearGlobals();
