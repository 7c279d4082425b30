import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchFailure } from '../support/bench-failure.ts';
import { type ChildProgram, startProgram } from '../support/child-program.ts';
import { freePort } from '../support/free-port.ts';
import type { Peer, PeerKind } from './peer.ts';

const READY_WITHIN_MS = 20_000;
const ASK_EVERY_MS = 50;

/** A peer as a process with a temporary directory for its configuration and its store. */
export class PeerProcess implements Peer {
  readonly name: string;
  readonly #kind: PeerKind;
  #directory: string | undefined;
  #program: ChildProgram | undefined;

  constructor(kind: PeerKind) {
    this.name = kind.name;
    this.#kind = kind;
  }

  async start(upstream: string, signal: AbortSignal): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), `kagami-bench-${this.name}-`));
    this.#directory = directory;
    const port = await freePort();
    const file = join(directory, 'configuration');
    await writeFile(file, this.#kind.configuration(upstream, { directory, port }));
    // Where a log is written to is not what is measured: it is dropped, for all peers.
    const program = startProgram(this.#kind.command(file), 'ignore');
    this.#program = program;
    const url = `http://127.0.0.1:${port}`;
    await this.#ready(program, url, signal);
    return url;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #ready(program: ChildProgram, url: string, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      await sleep(ASK_EVERY_MS, undefined, { signal });
      program.mustRun();
      if (await answers(`${url}/v2/`)) return;
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
