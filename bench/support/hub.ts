import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BenchFailure } from './bench-failure.ts';
import { type ChildProgram, type Command, startProgram } from './child-program.ts';

const PROGRAM = fileURLToPath(new URL('../../test/support/hub/main.ts', import.meta.url));

/** What reached the Hub since the last `forget`. */
export interface Upstream {
  readonly requests: number;
  readonly blobBytes: number;
  /** When it sent the first byte of a blob, in ms since 1970; NaN if it has sent none. */
  readonly firstByteAt: number;
}

interface Urls {
  readonly url: string;
  readonly controlUrl: string;
}

/** The Hub double in a process of its own, with token service and CDN. */
export class Hub {
  readonly #program: ChildProgram;
  readonly #urls: Urls;

  private constructor(program: ChildProgram, urls: Urls) {
    this.#program = program;
    this.#urls = urls;
  }

  /** @param bytesPerSecond how fast each of its blob transfers may be */
  static async start(bytesPerSecond: number): Promise<Hub> {
    const flags = ['--bench', '--rate', String(bytesPerSecond), '--rate-each'];
    const command: Command = [process.execPath, '--import', 'tsx', PROGRAM, ...flags];
    const program = startProgram(command, 'pipe');
    try {
      return new Hub(program, JSON.parse(await firstLine(program)) as Urls);
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  get url(): string {
    return this.#urls.url;
  }

  /** Lets it ask for tokens and redirect to its CDN, as Docker Hub does, or neither. */
  async behave(likeTheHub: boolean, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ auth: likeTheHub, redirect: likeTheHub });
    await fetch(`${this.#urls.controlUrl}/_settings`, { method: 'POST', body, signal });
  }

  /** How fast each of its blob transfers is from now on. */
  async pace(bytesPerSecond: number, signal: AbortSignal): Promise<void> {
    const query = `rate=${bytesPerSecond}`;
    await fetch(`${this.#urls.controlUrl}/_pace?${query}`, { method: 'POST', signal });
  }

  async forget(signal: AbortSignal): Promise<void> {
    await fetch(`${this.#urls.controlUrl}/_arrivals/clear`, { method: 'POST', signal });
  }

  async seen(signal: AbortSignal): Promise<Upstream> {
    const answer = await fetch(`${this.#urls.controlUrl}/_arrivals`, { signal });
    const { summary, blobs } = (await answer.json()) as {
      summary: Record<string, number>;
      blobs: { bytes: number; firstByteAt: number | null };
    };
    const requests = Object.values(summary).reduce((sum, count) => sum + count, 0);
    return { requests, blobBytes: blobs.bytes, firstByteAt: blobs.firstByteAt ?? Number.NaN };
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

async function firstLine(program: ChildProgram): Promise<string> {
  const { stdout } = program.process;
  if (stdout) for await (const line of createInterface({ input: stdout })) return line;
  program.mustRun();
  throw new BenchFailure('the Hub double did not say where it listens');
}
