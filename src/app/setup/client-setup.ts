import type { MirrorAddress } from './mirror-address.ts';

/** What a client is told of the mirror. */
export interface ClientSetup {
  /** Path of the file. */
  readonly file: string;
  /** What is in it, with nothing to fill in. */
  readonly text: string;
  /** What else there is to do or to know, a sentence each. */
  readonly notes: readonly string[];
}

/** A sentence, where the client cannot use the mirror. */
export type SetUp = (address: MirrorAddress) => ClientSetup | string;
