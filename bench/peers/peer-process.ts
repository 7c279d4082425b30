import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure } from '../support/bench-failure.ts';
import { type ChildProgram, startProgram } from '../support/child-program.ts';
import { freePort } from '../support/free-port.ts';
import { cpuSecondsOf, residentBytesOf } from '../support/processes.ts';
import type { Peer, PeerKind } from './peer.ts';

const READY_WITHIN_MS = 20_000;
/** How finely a start is measured. */
const ASK_EVERY_MS = 5;

/** A peer as a process with a temporary directory for its configuration and its store. */
export class PeerProcess implements Peer {
  readonly name: string;
  readonly #kind: PeerKind;
  readonly #store: string | undefined;
  #directory: string | undefined;
  #program: ChildProgram | undefined;
  #url = '';
  #startedInMs = Number.NaN;

  /** @param store a directory that is kept; without it, an empty one that is removed */
  constructor(kind: PeerKind, store?: string) {
    this.name = kind.name;
    this.#kind = kind;
    this.#store = store;
  }

  get url(): string {
    return this.#url;
  }

  get startedInMs(): number {
    return this.#startedInMs;
  }

  /** Resolves once it answers. */
  async start(upstream: string, signal: AbortSignal): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), `kagami-bench-${this.name}-`));
    this.#directory = directory;
    const store = this.#store ?? join(directory, 'store');
    await mkdir(store, { recursive: true });
    const port = await freePort();
    const file = join(directory, 'configuration');
    await writeFile(file, this.#kind.configuration(upstream, { directory, store, port }));
    const startedAt = performance.now();
    // Where a log is written to is not what is measured: it is dropped, for all peers.
    const program = startProgram(this.#kind.command(file), 'ignore');
    this.#program = program;
    this.#url = `http://127.0.0.1:${port}`;
    await this.#ready(program, signal);
    this.#startedInMs = performance.now() - startedAt;
  }

  cpuSeconds(): Promise<number> {
    return cpuSecondsOf(this.#pid());
  }

  residentBytes(): Promise<number> {
    return residentBytesOf(this.#pid());
  }

  async kill(): Promise<void> {
    await this.#program?.kill();
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  #pid(): number {
    const pid = this.#program?.process.pid;
    if (pid === undefined) throw new BenchFailure(`${this.name} does not run`);
    return pid;
  }

  async #ready(program: ChildProgram, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      await sleep(ASK_EVERY_MS, undefined, { signal });
      program.mustRun();
      if (await answers(`${this.#url}/v2/`)) return;
      if (Date.now() > deadline) throw new BenchFailure(`${this.name} does not answer`);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch {
    return false;
  }
}
