import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Order, type Outcome, type Report, readOutcome } from './messages.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Longer than a test takes until it is failed because it hangs, if its process can still tell. */
const SILENT_MS = 180_000;
/** How long it has to end what it started. */
const GRACE_MS = 5_000;

/** A process that runs test files, one after another; its own end is a failure of the one it is at. */
export class TestProcess {
  readonly #child: ChildProcess;
  readonly #silentMs: number;
  readonly #closed: Promise<unknown>;
  #said = '';
  #end: string | undefined;
  #wake: () => void = () => {};

  constructor(silentMs: number = SILENT_MS) {
    this.#silentMs = silentMs;
    const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const env = { ...process.env, ...colours };
    this.#child = fork(WORKER, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
        this.#wake();
      });
    }
    this.#closed = once(this.#child, 'close').then(([code, signal]) => {
      this.#end = `its process ended (${signal ?? `code ${code}`})`;
      this.#wake();
    });
  }

  /** Whether it runs no more files. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Runs a file of the folder. */
  async run(folder: string, file: string): Promise<Report> {
    const startedAt = performance.now();
    this.#order({ run: join(folder, file) });
    const { output, outcome } = await this.#answer();
    return { name: file, output, ...outcome, ms: performance.now() - startedAt };
  }

  /** Lets it end, which it has to do by itself. */
  async end(): Promise<Report> {
    const endedBefore = this.hasEnded;
    // A channel that is closed from this side never lets the child's `close` come.
    this.#order('end');
    await this.#closed;
    const isWell = !endedBefore && this.#child.exitCode === 0;
    const outcome = isWell ? { passed: 0, failed: 0, problems: [] } : failure(this.#end ?? '');
    return { name: 'after the last test', output: this.#said, ...outcome, ms: 0 };
  }

  /** Whether it was there to hear it shows in what comes. */
  #order(order: Order): void {
    this.#child.send(order, () => {});
  }

  async #answer(): Promise<{ output: string; outcome: Outcome }> {
    for (;;) {
      const answer = readOutcome(this.#said);
      if (answer !== undefined || this.#end !== undefined) {
        const output = answer?.output ?? this.#said;
        this.#said = '';
        return { output, outcome: answer?.outcome ?? failure(this.#end ?? '') };
      }
      await this.#word();
    }
  }

  /** The next that it says, or its end; it is ended if it says nothing. */
  async #word(): Promise<void> {
    const tooLong = setTimeout(() => {
      this.#said += `\nit said nothing for ${this.#silentMs} ms\n`;
      this.#child.kill('SIGTERM');
      setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS).unref();
    }, this.#silentMs);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    clearTimeout(tooLong);
  }
}

function failure(problem: string): Outcome {
  return { passed: 0, failed: 0, problems: [problem] };
}
