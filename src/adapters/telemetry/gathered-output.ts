import type { DestinationStream } from 'pino';

/** In characters. */
const ENOUGH = 16_000;
const LONGEST_MS = 100;

export interface Output extends DestinationStream {
  /** Writes what was handed to it and is not written yet. */
  flushSync(): void;
}

/**
 * Gathers lines for a moment, since one write a line would cost more than the rest of a cached answer.
 * SonicBoom's own gathering (`minLength`) looks at all that is gathered with each line that comes.
 */
export class GatheredOutput implements Output {
  readonly #output: Output;
  #text = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length >= ENOUGH) this.handOver();
    else if (this.#timer === undefined) this.#timer = this.#soon();
  }

  flushSync(): void {
    this.handOver();
    this.#output.flushSync();
  }

  /** Nothing is gathered after this. */
  handOver(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#output.write(text);
  }

  #soon(): NodeJS.Timeout {
    return setTimeout(() => this.#onTimer(), LONGEST_MS).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.handOver();
  }
}
