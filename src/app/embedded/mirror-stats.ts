import type { AccessEntry } from '../../adapters/http/access-log.ts';

/** What a mirror has done since it was made. */
export interface MirrorStats {
  /** Answers with a manifest or a blob out of the storage, and `stale` ones. */
  readonly hits: number;
  /** Of these, those that came from the storage because the upstream could not be asked. */
  readonly stale: number;
  /** Answers for which the upstream was asked for content. */
  readonly misses: number;
  /** Answers from a download that another request had started. */
  readonly joined: number;
  /**
   * Bytes of manifests and blobs in answers out of the storage, with those that a proxy in front was
   * told to send (`http.accel`).
   */
  readonly bytesFromCache: number;
  /** Bytes of manifests and blobs that the upstream sent, however many clients got them. */
  readonly bytesFromUpstream: number;
}

/** Counts what answers and the upstream say. */
export class StatsCounter {
  readonly #stats = {
    hits: 0,
    stale: 0,
    misses: 0,
    joined: 0,
    bytesFromCache: 0,
    bytesFromUpstream: 0,
  };

  get stats(): MirrorStats {
    return { ...this.#stats };
  }

  answered({ source, bytes, leftToProxy = 0 }: AccessEntry): void {
    const stats = this.#stats;
    if (source === 'miss') stats.misses++;
    if (source === 'joined') stats.joined++;
    if (source === 'stale') stats.stale++;
    if (source !== 'hit' && source !== 'stale') return;
    stats.hits++;
    stats.bytesFromCache += bytes + leftToProxy;
  }

  fetched(bytes: number): void {
    this.#stats.bytesFromUpstream += bytes;
  }
}
