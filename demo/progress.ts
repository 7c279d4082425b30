import { createLogUpdate } from 'log-update';
import { sizeText } from './units.ts';

/** Shows how downloads come on, several at once. */
export interface Progress {
  /** Begins the line of one download; call the result with the size of each piece. */
  add(label: string, size: number): (bytes: number) => void;
  /** Leaves on the screen what there is to keep. */
  done(): void;
}

interface Download {
  label: string;
  size: number;
  received: number;
}

const WIDTH = 30;
const REDRAW_MS = 40;

export function progressOn(output: NodeJS.WriteStream): Progress {
  return output.isTTY ? new Bars(output) : new Lines(output);
}

/** One bar for each download, drawn over and over again. */
class Bars implements Progress {
  readonly #draw: ReturnType<typeof createLogUpdate>;
  readonly #downloads: Download[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(output: NodeJS.WriteStream) {
    this.#draw = createLogUpdate(output);
    this.#timer = setInterval(() => this.#draw(this.#text()), REDRAW_MS);
  }

  add(label: string, size: number): (bytes: number) => void {
    const download = { label, size, received: 0 };
    this.#downloads.push(download);
    return (bytes) => {
      download.received += bytes;
    };
  }

  done(): void {
    clearInterval(this.#timer);
    this.#draw(this.#text());
    this.#draw.done();
  }

  #text(): string {
    return this.#downloads.map(barText).join('\n');
  }
}

function barText({ label, size, received }: Download): string {
  const full = size === 0 ? WIDTH : Math.min(WIDTH, Math.floor((received / size) * WIDTH));
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  return `  ${label}  ${bar}  ${sizeText(received)} of ${sizeText(size)}`;
}

/** A line for each download that is over, for files and pipes. */
class Lines implements Progress {
  readonly #output: NodeJS.WriteStream;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
  }

  add(label: string, size: number): (bytes: number) => void {
    let received = 0;
    return (bytes) => {
      received += bytes;
      if (received === size) this.#output.write(`  ${label}  ${sizeText(size)} received\n`);
    };
  }

  done(): void {}
}
