import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';

const INTERVAL_MS = 1_000;

/**
 * Tells when one of some files has changed. It looks at them now and then: the kernel does not tell
 * of what lies behind a symbolic link that is exchanged, as Kubernetes does it, or on another machine.
 */
export class WatchedFiles {
  readonly #paths: readonly string[];
  readonly #onChange: () => void;
  readonly #intervalMs: number;
  #state: string;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Changes count from now on: read the files after, and not before. */
  constructor(paths: readonly string[], onChange: () => void, intervalMs: number = INTERVAL_MS) {
    this.#paths = paths;
    this.#onChange = onChange;
    this.#intervalMs = intervalMs;
    this.#state = paths.map(stateNow).join('\n');
  }

  start(): void {
    if (this.#paths.length > 0) this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = setTimeout(() => void this.#look(), this.#intervalMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const state = (await Promise.all(this.#paths.map(stateOf))).join('\n');
    if (this.#isStopped) return;
    if (state !== this.#state) {
      this.#state = state;
      this.#onChange();
    }
    this.#wait();
  }
}

interface Stats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

function stateNow(path: string): string {
  try {
    return textOf(statSync(path, { bigint: true }));
  } catch {
    return 'missing';
  }
}

function stateOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(textOf, () => 'missing');
}

function textOf({ dev, ino, size, mtimeNs, ctimeNs }: Stats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
