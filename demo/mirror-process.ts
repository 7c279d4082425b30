import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DemoFailure } from './demo-failure.ts';

/** A line of the mirror's log: of a request, its `msg` is the method and the path. */
export interface LogLine {
  msg?: string;
  listen?: string;
  status?: number;
  source?: string;
}

const READY_WITHIN_MS = 15_000;
const LOGGED_WITHIN_MS = 5_000;

/** `kagami serve` as a process of its own. */
export class MirrorProcess {
  readonly #process: ChildProcess;
  readonly #log: LogLine[] = [];
  #complaint = '';

  /** @param main the entry file of the command */
  constructor(main: string, configFile: string) {
    if (!existsSync(main)) throw new DemoFailure('there is no build; run `npm run build` first');
    // Nothing of the user's own REGISTRY_* variables.
    const env = { PATH: process.env['PATH'] };
    const options = { env, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [main, 'serve', configFile], options);
    createInterface(child.stdout).on('line', (line) => this.#log.push(parse(line)));
    child.stderr.on('data', (text) => {
      this.#complaint += String(text);
    });
    this.#process = child;
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    const { listen } = await this.#line(0, READY_WITHIN_MS, (line) => line.listen !== undefined);
    return listen ?? '';
  }

  /** How many lines the log has; the position of the next one. */
  get logLength(): number {
    return this.#log.length;
  }

  /** The log's line about a request, from a position on; it is written a moment after the answer. */
  request(method: string, path: string, from: number): Promise<LogLine> {
    return this.#line(from, LOGGED_WITHIN_MS, ({ msg }) => msg === `${method} ${path}`);
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }

  async #line(from: number, timeoutMs: number, wanted: (l: LogLine) => boolean): Promise<LogLine> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#log.slice(from).find(wanted);
      if (found) return found;
      if (this.#hasEnded) throw new DemoFailure(`the mirror has stopped: ${this.#lastWords}`);
      if (Date.now() > deadline) throw new DemoFailure('the mirror does not log what it should');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get #lastWords(): string {
    return this.#complaint.trim() || (this.#log.at(-1)?.msg ?? 'it did not say why');
  }
}

function parse(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}
