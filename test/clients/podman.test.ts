import { startPodman } from '../support/clients/podman.ts';
import { pullsThroughTheMirror } from './pulls-through-the-mirror.ts';

pullsThroughTheMirror('podman', startPodman);
