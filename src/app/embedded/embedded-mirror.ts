import type { RequestListener } from 'node:http';
import type { Address } from '../../adapters/http/listen.ts';
import type { EventListeners, MirrorEventType, MirrorListener } from './event-listeners.ts';
import type { MirrorStats, StatsCounter } from './mirror-stats.ts';

interface Parts {
  /** Undefined if it does not listen by itself. */
  readonly address: Address | undefined;
  readonly handler: RequestListener;
  readonly warnings: readonly string[];
  readonly stats: StatsCounter;
  readonly listeners: EventListeners;
  stop(): Promise<void>;
}

/** A mirror that runs in this process. */
export class EmbeddedMirror implements AsyncDisposable {
  /**
   * Answers requests, for a server that exists: `http.createServer(mirror.handler)`, or
   * `app.use(mirror.handler)` of Express. The mirror's paths begin with `/v2/`.
   */
  readonly handler: RequestListener;
  /** What a mirror that logs would have warned of at the start. */
  readonly warnings: readonly string[];
  readonly #parts: Parts;

  /** Made by `createMirror` alone. */
  constructor(parts: Parts) {
    this.handler = parts.handler;
    this.warnings = parts.warnings;
    this.#parts = parts;
  }

  /**
   * Where it listens, without a slash at the end: `http://127.0.0.1:40123`.
   *
   * @throws Error if it was made with `listen: false`
   */
  get url(): string {
    const { address } = this.#parts;
    if (address !== undefined) return address.url;
    throw new Error('this mirror has no address of its own, for it was made with listen: false');
  }

  /**
   * The same as it stands in the name of an image: `127.0.0.1:40123`.
   *
   * @throws Error if it was made with `listen: false`
   */
  get host(): string {
    return new URL(this.url).host;
  }

  /** What it has done so far. */
  stats(): MirrorStats {
    return this.#parts.stats.stats;
  }

  /**
   * Calls `listener` for each event of that name; an error in it is an uncaught exception.
   *
   * @returns what ends the listening
   */
  on<T extends MirrorEventType>(type: T, listener: MirrorListener<T>): () => void {
    return this.#parts.listeners.on(type, listener);
  }

  /**
   * Stops listening, ends running answers (after `http.draintimeout`, which is 0 unless told) and
   * gives up whatever it holds. What is in memory is gone.
   */
  close(): Promise<void> {
    return this.#parts.stop();
  }

  /** For `await using`: as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
