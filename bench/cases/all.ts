import type { BenchCase } from './bench-case.ts';
import { herd } from './herd.ts';
import { largeBlob } from './large-blob.ts';
import { manifestByDigest } from './manifest-by-digest.ts';
import { manifestByTag } from './manifest-by-tag.ts';
import { smallBlob } from './small-blob.ts';

export const CASES: readonly BenchCase[] = [
  manifestByDigest,
  manifestByTag,
  smallBlob,
  largeBlob,
  herd,
];
