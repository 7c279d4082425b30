import type { ByteReader } from '../../../src/domain/ports/byte-reader.ts';

const NOTHING = new Uint8Array(0);

/** Gives bytes by copying them into the scratch buffer, or leaves that to another reader. */
export class TrackedReader implements ByteReader {
  readonly #bytes: Uint8Array;
  readonly #instead: ByteReader | undefined;
  #position = 0;
  isClosed = false;
  reads = 0;

  constructor(bytes: Uint8Array, instead?: ByteReader) {
    this.#bytes = bytes;
    this.#instead = instead;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    this.reads++;
    if (this.#instead !== undefined) return this.#instead.read(scratch);
    if (this.#position >= this.#bytes.length) return NOTHING;
    const room = scratch();
    const piece = this.#bytes.subarray(this.#position, this.#position + room.length);
    room.set(piece);
    this.#position += piece.length;
    return room.subarray(0, piece.length);
  }

  close(): void {
    this.isClosed = true;
    this.#instead?.close();
  }
}

/** Gives one step after another: bytes of its own memory, a failure, or whatever comes when it comes. */
export class ScriptedReader implements ByteReader {
  readonly #steps: (Uint8Array | Error | Promise<Uint8Array>)[];

  constructor(...steps: (Uint8Array | Error | Promise<Uint8Array>)[]) {
    this.#steps = steps;
  }

  async read(): Promise<Uint8Array> {
    const step = this.#steps.shift();
    if (step instanceof Error) throw step;
    return (await step) ?? NOTHING;
  }

  close(): void {}
}

/** Fills whatever buffer it is given, without end. */
export class EndlessReader implements ByteReader {
  /** The buffers that were handed in. */
  readonly sizes: number[] = [];

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    const room = scratch();
    this.sizes.push(room.length);
    return room;
  }

  close(): void {}
}

/** A promise and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
