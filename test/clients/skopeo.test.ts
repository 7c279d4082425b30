import { startSkopeo } from '../support/clients/skopeo.ts';
import { pullsThroughTheMirror } from './pulls-through-the-mirror.ts';

pullsThroughTheMirror('skopeo', startSkopeo);
