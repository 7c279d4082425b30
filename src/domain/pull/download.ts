import { backOffMs, type RetryPolicy } from '../back-off.ts';
import type { Digest } from '../digest.ts';
import {
  CredentialsRejected,
  SizeMismatch,
  TooManyRequests,
  UpstreamFailure,
  UpstreamPaused,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../errors.ts';
import { pause } from '../pause.ts';
import type { Clock } from '../ports/clock.ts';
import type { FetchedBlob, Upstream } from '../ports/upstream.ts';
import type { RepositoryName } from '../repository-name.ts';

/** How often a download that waits looks whether it is still wanted, in milliseconds. */
const LOOK_EVERY_MS = 1000;

export interface DownloadPorts {
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** From 0 to below 1, for the jitter of the back-off. */
  readonly random: () => number;
  readonly retry: RetryPolicy;
}

export interface DownloadJob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** How many bytes are here already. */
  readonly offset: number;
  /** The blob's size in bytes, where a manifest tells it. */
  readonly expectedSize: number | undefined;
  /** Where it ends, exclusive, if before the blob's end; looked at again after {@link opened}. */
  readonly end?: number | undefined;
  /** Whether somebody has bytes of the blob already, though this download has brought none. */
  readonly isUnderWay?: boolean;
  /** The upstream has answered with `fetched`; called again after each interruption. */
  opened(size: number | undefined, fetched: FetchedBlob): void;
  /** The download broke off and goes on from `offset` in `delayMs`. */
  interrupted(offset: number, delayMs: number, cause: UpstreamFailure): void;
  /** Whether it is still wanted; when not, an interruption is final. */
  wanted(): boolean;
}

/**
 * A blob's bytes from the upstream, each once and in order, unverified. A download that breaks or
 * stalls goes on where it stopped, until too many attempts in a row have brought nothing.
 *
 * @throws UpstreamFailure, or what the upstream says in place of the blob
 */
export async function* download(
  ports: DownloadPorts,
  job: DownloadJob,
): AsyncGenerator<Uint8Array> {
  const at: Position = { offset: job.offset, size: job.expectedSize };
  let fruitless = 0;
  let hasBegun = job.isUnderWay ?? false;
  for (;;) {
    const before = at.offset;
    try {
      yield* attempt(ports, job, at);
      return;
    } catch (error) {
      if (at.offset === endOf(job, at) && isPassing(error)) return; // it broke after the last byte
      if (at.offset > before) fruitless = 0;
      fruitless++;
      if (!job.wanted() || fruitless > ports.retry.retries || !isPassing(error)) throw error;
      hasBegun ||= !(error instanceof UpstreamPaused);
      const delayMs = delayBefore(ports, fruitless, hasBegun ? error : undefined);
      job.interrupted(at.offset, delayMs, error);
      await pauseWhileWanted(ports.clock, delayMs, job);
      if (!job.wanted()) throw error;
    }
  }
}

/** A shutdown waits for it, and had better not wait for the whole of it. */
async function pauseWhileWanted(
  clock: Clock,
  delayMs: number,
  job: Pick<DownloadJob, 'wanted'>,
): Promise<void> {
  for (let leftMs = delayMs; leftMs > 0 && job.wanted(); leftMs -= LOOK_EVERY_MS) {
    await pause(clock, Math.min(leftMs, LOOK_EVERY_MS));
  }
}

/** How far the download has come, over all its attempts. */
interface Position {
  offset: number;
  size: number | undefined;
}

async function* attempt(
  ports: DownloadPorts,
  job: DownloadJob,
  at: Position,
): AsyncGenerator<Uint8Array> {
  const fetched = await ports.upstream.fetchBlob(job.repository, job.digest, at.offset, job.end);
  const watch = new StallWatch(ports.clock, ports.retry.stallTimeoutMs, fetched);
  try {
    at.size = agreedSize(job.digest, at.size, fetched.size);
    job.opened(at.size, fetched);
    let skip = at.offset - fetched.offset; // an upstream without ranges begins at 0 again
    watch.start();
    for await (const piece of fetched.body) {
      watch.pause();
      const rest = skip > 0 ? piece.subarray(Math.min(skip, piece.byteLength)) : piece;
      skip -= piece.byteLength - rest.byteLength;
      const news = job.end === undefined ? rest : rest.subarray(0, job.end - at.offset);
      if (news.byteLength > 0) {
        at.offset = advanced(job.digest, at, news.byteLength);
        yield news;
      }
      // A body that ends here is read to its end, which leaves the connection to the next request.
      const endsHere = fetched.end === job.end && news.byteLength === rest.byteLength;
      if (at.offset === job.end && !endsHere) break;
      watch.start();
    }
    const end = endOf(job, at);
    if (end !== undefined && at.offset < end) {
      throw new UpstreamUnreachable('the upstream ended the blob before its end');
    }
  } catch (error) {
    throw watch.stalled ? new UpstreamTimeout('the upstream stopped sending the blob') : error;
  } finally {
    watch.end();
    fetched.cancel();
  }
}

/**
 * An upstream that rests is not worth asking before its next probe. But a download that has not
 * begun waits no longer than usual (`error` is undefined): its client can still go elsewhere.
 */
function delayBefore(
  { retry, random }: DownloadPorts,
  fruitless: number,
  error: UpstreamFailure | undefined,
): number {
  const backOff = backOffMs(retry, fruitless, random());
  if (!(error instanceof UpstreamPaused)) return backOff;
  return Math.min(retry.ceilingMs, Math.max(backOff, error.retryAfterSeconds * 1000));
}

function endOf(job: DownloadJob, at: Position): number | undefined {
  return job.end ?? at.size;
}

function agreedSize(
  digest: Digest,
  known: number | undefined,
  announced: number | undefined,
): number | undefined {
  if (known !== undefined && announced !== undefined && known !== announced) {
    throw new SizeMismatch(`blob ${digest}`, known, announced);
  }
  return known ?? announced;
}

function advanced(digest: Digest, at: Position, length: number): number {
  const offset = at.offset + length;
  if (at.size !== undefined && offset > at.size) {
    throw new SizeMismatch(`blob ${digest}`, at.size, offset);
  }
  return offset;
}

/** Whether asking again may help. */
function isPassing(error: unknown): error is UpstreamFailure {
  if (!(error instanceof UpstreamFailure)) return false;
  return !(
    error instanceof SizeMismatch ||
    error instanceof TooManyRequests ||
    error instanceof CredentialsRejected
  );
}

/** Nobody waits for a byte. */
const PAUSED = Number.POSITIVE_INFINITY;

/** Gives up a download that has brought no byte for too long while somebody was waiting for one. */
class StallWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #fetched: FetchedBlob;
  #waitingSince = 0;
  #stop: (() => void) | undefined;
  stalled = false;

  constructor(clock: Clock, limitMs: number, fetched: FetchedBlob) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#fetched = fetched;
  }

  start(): void {
    this.#waitingSince = this.#clock.now();
    this.#stop ??= this.#clock.after(this.#limitMs, () => this.#look());
  }

  /** The timer goes on, since to make a new one for each piece would cost more than it is worth. */
  pause(): void {
    this.#waitingSince = PAUSED;
  }

  end(): void {
    this.#stop?.();
  }

  #look(): void {
    const now = this.#clock.now();
    // What lies in the future is from before the clock was set back.
    if (this.#waitingSince !== PAUSED && this.#waitingSince > now) this.#waitingSince = now;
    const leftMs = this.#waitingSince + this.#limitMs - now;
    if (leftMs <= 0) {
      this.stalled = true;
      this.#fetched.cancel();
      return;
    }
    this.#stop = this.#clock.after(Math.min(leftMs, this.#limitMs), () => this.#look());
  }
}
