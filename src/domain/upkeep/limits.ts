/** How much may stay, and for how long. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** Above this, images go, though none is too old; infinite for no budget. */
  readonly maxBytes: number;
  /** How far they go then, so that not each download begins with a removal. */
  readonly lowWaterBytes: number;
  /** Room that running downloads will still take. */
  readonly reservedBytes: number;
  /** How long after its last pull an image goes in any case; 0 for never. */
  readonly ttlMs: number;
  /** How long a blob is spared that no image needs: its manifest may be on its way. */
  readonly orphanGraceMs: number;
  readonly nowMs: number;
}

/** What an operator asks to be removed at once. */
export interface PruneRequest {
  /** Images whose last pull is this long ago. */
  readonly olderThanMs?: number | undefined;
  /** Images until no more than this is left. */
  readonly toBytes?: number | undefined;
  readonly orphanGraceMs: number;
  readonly nowMs: number;
}

export function pruneLimits({ olderThanMs, toBytes, ...rest }: PruneRequest): Limits {
  const bytes = toBytes ?? Number.POSITIVE_INFINITY;
  return {
    maxBytes: bytes,
    lowWaterBytes: bytes,
    reservedBytes: 0,
    // "Older than 0" means all, and a limit of 0 means none.
    ttlMs: olderThanMs === undefined ? 0 : Math.max(Number.MIN_VALUE, olderThanMs),
    ...rest,
  };
}
