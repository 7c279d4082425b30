import { rmSync } from 'node:fs';
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';
const ROOM = 4 * 1024 ** 3;

/** Directories for more than one measurement; all go at the end of the run. */
export class Scratch {
  readonly #filled = new Map<string, Promise<string>>();
  readonly #paths: string[] = [];

  /** An empty one. */
  directory(name: string): Promise<string> {
    return this.#make(tmpdir(), name);
  }

  /** One of very many small files, which is filled once; in memory if there is room. */
  filled(name: string, fill: (path: string) => Promise<void>): Promise<string> {
    const filled = this.#filled.get(name) ?? this.#fill(name, fill);
    this.#filled.set(name, filled);
    return filled;
  }

  remove(): void {
    // Several times as fast as the asynchronous one where there are very many files.
    for (const path of this.#paths.splice(0)) rmSync(path, { recursive: true, force: true });
  }

  async #fill(name: string, fill: (path: string) => Promise<void>): Promise<string> {
    const path = await this.#make((await hasRoom()) ? IN_MEMORY : tmpdir(), name);
    await fill(path);
    return path;
  }

  async #make(parent: string, name: string): Promise<string> {
    const path = await mkdtemp(join(parent, `kagami-bench-${name}-`));
    this.#paths.push(path);
    return path;
  }
}

async function hasRoom(): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(IN_MEMORY);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}
