import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure } from '../support/bench-failure.ts';
import { type ChildProgram, startProgram } from '../support/child-program.ts';
import { freePort } from '../support/free-port.ts';
import { cpuSecondsOf, residentBytesOf } from '../support/processes.ts';
import type { Front, Peer, PeerKind, Place } from './peer.ts';

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
  #front: ChildProgram | undefined;
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
    const place = { directory, store, port: await freePort() };
    const startedAt = performance.now();
    this.#program = await started(this.#kind, place, this.#kind.configuration(upstream, place));
    this.#url = `http://127.0.0.1:${place.port}`;
    await this.#ready(this.#program, signal);
    if (this.#kind.front !== undefined) await this.#startFront(this.#kind.front, place, signal);
    this.#startedInMs = performance.now() - startedAt;
  }

  cpuSeconds(): Promise<number> {
    return this.#sum(cpuSecondsOf);
  }

  async cpuSecondsBehind(): Promise<number> {
    return this.#front === undefined ? Number.NaN : cpuSecondsOf(pidOf(this.#program));
  }

  residentBytes(): Promise<number> {
    return this.#sum(residentBytesOf);
  }

  async kill(): Promise<void> {
    await this.#front?.kill();
    await this.#program?.kill();
  }

  async stop(): Promise<void> {
    await this.#front?.stop();
    await this.#program?.stop();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #startFront(front: Front, place: Place, signal: AbortSignal): Promise<void> {
    const own = { ...place, port: await freePort() };
    this.#front = await started(front, own, front.configuration(own, place.port));
    this.#url = `http://127.0.0.1:${own.port}`;
    await this.#ready(this.#front, signal);
  }

  /** Of all that runs. */
  async #sum(of: (pid: number) => Promise<number>): Promise<number> {
    const own = await of(pidOf(this.#program));
    return this.#front === undefined ? own : own + (await of(pidOf(this.#front)));
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

/** Where a log is written to is not what is measured: it is dropped, for all peers. */
async function started(
  { command }: Pick<PeerKind, 'command'>,
  { directory, port }: Place,
  configuration: string,
): Promise<ChildProgram> {
  const file = join(directory, `configuration-${port}`);
  await writeFile(file, configuration);
  return startProgram(command(file), 'ignore');
}

function pidOf(program: ChildProgram | undefined): number {
  const pid = program?.process.pid;
  if (pid === undefined) throw new BenchFailure('the peer does not run');
  return pid;
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch {
    return false;
  }
}
