import type { BenchCase } from './bench-case.ts';
import { clientPulls } from './client-pulls.ts';
import { coldImage } from './cold-image.ts';
import { crowd, herd } from './herd.ts';
import { largeBlob } from './large-blob.ts';
import { manifestByDigest } from './manifest-by-digest.ts';
import { manifestByTag } from './manifest-by-tag.ts';
import { manyBlobs } from './many-blobs.ts';
import { memory } from './memory.ts';
import { fourProcesses, twoProcesses } from './shared-directory.ts';
import { smallBlob } from './small-blob.ts';
import { start } from './start.ts';

export const CASES: readonly BenchCase[] = [
  manifestByDigest,
  manifestByTag,
  smallBlob,
  manyBlobs,
  largeBlob,
  clientPulls,
  coldImage,
  herd,
  crowd,
  twoProcesses,
  fourProcesses,
  memory,
  start,
];
