import { type DownloadJob, type DownloadPorts, download } from './download.ts';
import { DownloadPart } from './download-part.ts';

const MIB = 1024 * 1024;

export interface ParallelPolicy {
  /** How many parts of a blob are on their way, or wait to be read, at a time; 1 for the whole alone. */
  readonly atOnce: number;
  /** How large a part is, in bytes. */
  readonly partBytes: number;
  /** How much must be left of a blob for it to come in parts, in bytes. */
  readonly leastBytes: number;
}

/** Large enough for a request's round trips to be small beside it. */
export const PARTS: Omit<ParallelPolicy, 'atOnce'> = { partBytes: 16 * MIB, leastBytes: 64 * MIB };

export interface ParallelPorts extends DownloadPorts {
  /** Undefined is as with one at a time. */
  readonly parallel?: ParallelPolicy | undefined;
}

/**
 * As {@link download}, but what is large comes in several parts at a time, where the upstream does
 * ranges. A part that fails ends it once what is before has been given; none is begun after that.
 */
export function parallelDownload(
  ports: ParallelPorts,
  job: DownloadJob,
): AsyncGenerator<Uint8Array> {
  const { parallel } = ports;
  const { offset, expectedSize: size } = job;
  if (parallel === undefined || parallel.atOnce < 2) return download(ports, job);
  if (size === undefined || size - offset < parallel.leastBytes) return download(ports, job);
  return new Parts(ports, parallel, { job, size }).pieces();
}

interface Whole {
  readonly job: DownloadJob;
  readonly size: number;
}

/** The parts of one blob. */
class Parts {
  readonly #ports: DownloadPorts;
  readonly #policy: ParallelPolicy;
  readonly #whole: Whole;
  /** In their order; the first is being read. */
  readonly #parts: DownloadPart[] = [];
  /** Where the next one begins. */
  #next: number;
  /** One until the upstream has shown that it does ranges. */
  #atOnce = 1;

  constructor(ports: DownloadPorts, policy: ParallelPolicy, whole: Whole) {
    this.#ports = ports;
    this.#policy = policy;
    this.#whole = whole;
    this.#next = whole.job.offset;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        this.#fill();
        const [part] = this.#parts;
        if (part === undefined) return;
        yield* part.pieces();
        this.#parts.shift();
      }
    } finally {
      this.#cancelFrom(0);
    }
  }

  #fill(): void {
    while (this.#parts.length < this.#atOnce && this.#next < this.#whole.size) {
      this.#parts.push(this.#begin());
    }
  }

  #begin(): DownloadPart {
    const { partBytes: roomBytes, atOnce } = this.#policy;
    const { job, size } = this.#whole;
    const offset = this.#next;
    this.#next = Math.min(offset + roomBytes, size);
    const part: DownloadPart = new DownloadPart(this.#ports, {
      whole: job,
      offset,
      // The last one has none, so that a blob that is too long is noticed.
      end: this.#next < size ? this.#next : undefined,
      roomBytes,
      onRange: () => {
        this.#atOnce = atOnce;
        this.#fill();
      },
      onLast: () => this.#cancelFrom(this.#parts.indexOf(part) + 1),
    });
    return part;
  }

  /** Those from this one on are given up, and no others are begun. */
  #cancelFrom(index: number): void {
    this.#next = this.#whole.size;
    for (const part of this.#parts.splice(index)) part.cancel();
  }
}
