import type { FetchedBlob } from '../ports/upstream.ts';
import { type DownloadJob, type DownloadPorts, download } from './download.ts';
import { Signal } from './signal.ts';

export interface PartPlan {
  /** The download that it is a part of. */
  readonly whole: DownloadJob;
  readonly offset: number;
  /** Exclusive; undefined for what goes on to the end of the blob. */
  readonly end: number | undefined;
  /** How many bytes may wait to be taken. */
  readonly roomBytes: number;
  /** The upstream does ranges: other parts can be asked for. */
  onRange(): void;
  /** Nothing behind this part is to be asked for: it failed, or has become all that is left. */
  onLast(): void;
}

/** A part of a blob that comes, from its making on, while those before it are being read. */
export class DownloadPart {
  readonly #plan: PartPlan;
  readonly #changed = new Signal();
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #end: number | undefined;
  #fetched: FetchedBlob | undefined;
  #failure: unknown;
  #isOver = false;
  #isCancelled = false;

  constructor(ports: DownloadPorts, plan: PartPlan) {
    this.#plan = plan;
    this.#end = plan.end;
    void this.#run(ports);
  }

  /** Its bytes; throws what it failed with, behind those that came before. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) {
        this.#waitingBytes -= piece.byteLength;
        this.#changed.fire();
        yield piece;
      } else if (!this.#isOver) await this.#changed.next();
      else if (this.#failure !== undefined) throw this.#failure;
      else return;
    }
  }

  /** Gives it up, and what has come of it. */
  cancel(): void {
    this.#isCancelled = true;
    this.#waiting.length = 0;
    this.#fetched?.cancel();
    this.#changed.fire();
  }

  /** Never rejects. */
  async #run(ports: DownloadPorts): Promise<void> {
    try {
      for await (const piece of download(ports, this.#job())) {
        if (!this.#isCancelled) await this.#keep(piece);
        if (this.#isCancelled) break;
      }
    } catch (error) {
      this.#failure = error;
      if (!this.#isCancelled) this.#plan.onLast();
    } finally {
      this.#isOver = true;
      this.#changed.fire();
    }
  }

  async #keep(piece: Uint8Array): Promise<void> {
    this.#waiting.push(piece);
    this.#waitingBytes += piece.byteLength;
    this.#changed.fire();
    while (this.#waitingBytes > this.#plan.roomBytes && !this.#isCancelled) {
      await this.#changed.next();
    }
  }

  #job(): DownloadJob {
    const { whole, offset } = this.#plan;
    const isFirst = offset === whole.offset;
    const end = (): number | undefined => this.#end;
    return {
      ...whole,
      offset,
      get end() {
        return end();
      },
      isUnderWay: !isFirst,
      opened: (size, fetched) => {
        if (isFirst && !this.#isCancelled) whole.opened(size, fetched);
        this.#opened(fetched);
      },
      wanted: () => !this.#isCancelled && whole.wanted(),
    };
  }

  #opened(fetched: FetchedBlob): void {
    this.#fetched = fetched;
    if (this.#isCancelled) fetched.cancel();
    else if (fetched.end !== undefined) this.#plan.onRange();
    else {
      // Without ranges each further part would bring all that is before it once more.
      this.#end = undefined;
      this.#plan.onLast();
    }
  }
}
