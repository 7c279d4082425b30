import type { Lease, Leases } from '../ports/leases.ts';

/** A lease that nobody else could ask for. */
export const SOLE_LEASE: Lease = {
  isLost: false,
  tell: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

/** For a storage that no other process can use: everybody gets what they ask for. */
export const SOLE_LEASES: Leases = {
  take: () => Promise.resolve({ lease: SOLE_LEASE, after: undefined }),
  holderOf: () => Promise.resolve(undefined),
  outcomeOf: () => Promise.resolve(undefined),
};
