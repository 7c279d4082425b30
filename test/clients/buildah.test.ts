import { startBuildah } from '../support/clients/buildah.ts';
import { pullsThroughTheMirror } from './pulls-through-the-mirror.ts';

pullsThroughTheMirror('buildah', startBuildah);
