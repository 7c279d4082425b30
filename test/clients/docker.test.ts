import { startDocker } from '../support/clients/docker.ts';
import { pullsThroughTheMirror } from './pulls-through-the-mirror.ts';

pullsThroughTheMirror('dockerd', startDocker);
