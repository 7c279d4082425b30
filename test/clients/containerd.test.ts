import { startContainerd } from '../support/clients/containerd.ts';
import { pullsThroughTheMirror } from './pulls-through-the-mirror.ts';

pullsThroughTheMirror('containerd', startContainerd);
