import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';

/** How a program ended: one of the two is null. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** Its whole environment but for the essential; nothing else is handed down. */
  env?: Record<string, string>;
  /** Whether it may outlive SIGTERM for long, as a daemon with children to stop. */
  graceMs?: number;
}

/** A program that ignores SIGTERM for this long is killed. */
const GRACE_MS = 20_000;

const running = new Set<Program>();

/** What a test run that breaks off leaves behind is killed with it. */
process.on('exit', () => {
  for (const program of running) program.kill();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // Who listens as well, as the benchmark does, ends in its own order.
    if (process.listenerCount(signal) === 0) process.exit(1);
  });
}

/** A program of its own, in its own process group, whose output can be watched. */
export class Program {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  readonly #name: string;
  readonly #watchers = new Set<() => unknown>();

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#name = [command, ...args].join(' ');
    this.#graceMs = options.graceMs ?? GRACE_MS;
    const env = { ...essential(), ...options.env };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    // A group of its own, so that no child of the program's survives `kill`.
    this.#child = spawn(command, args, { env, stdio: [...stdio], detached: true });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#look();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#look();
    });
    running.add(this);
    this.ended = this.#end();
    // Whoever waits for the end sees why it never began; nobody has to.
    this.ended.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  /** The first value that `look` finds in the output; fails if the program ends without it. */
  until<T>(what: string, look: (program: this) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const seen = (): boolean => {
        const value = look(this);
        if (value === undefined) return false;
        this.#watchers.delete(seen);
        resolve(value);
        return true;
      };
      this.#watchers.add(seen);
      const tooEarly = (why: string): void => {
        this.#watchers.delete(seen);
        const output = this.stdout + this.stderr;
        if (!seen()) reject(new Error(`${this.#name} ended (${why}) before ${what}:\n${output}`));
      };
      if (!seen()) this.ended.then((ended) => tooEarly(howEnded(ended)), reject);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to end, and makes it end if it does not. */
  async stop(): Promise<Ended> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), this.#graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it and all it started, at once. */
  kill(): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left.
    }
  }

  async #end(): Promise<Ended> {
    try {
      const [code, signal] = (await once(this.#child, 'close')) as [Ended['code'], Ended['signal']];
      return { code, signal };
    } finally {
      running.delete(this);
    }
  }

  #look(): void {
    for (const seen of this.#watchers) seen();
  }
}

function howEnded({ code, signal }: Ended): string {
  return signal ?? `code ${code}`;
}

function essential(): Record<string, string> {
  const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', HOME = tmpdir() } = process.env;
  return { PATH, HOME };
}

/** Runs a program to its end, which has to be a good one, and returns what it wrote to standard output. */
export async function run(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const program = new Program(command, args, options);
  const ended = await program.ended;
  if (ended.code === 0) return program.stdout;
  const output = program.stdout + program.stderr;
  throw new Error(`${command} ${args.join(' ')} ended (${howEnded(ended)}): ${output}`);
}
