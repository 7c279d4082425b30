import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import type { Owners } from '../../../../domain/ports/owners.ts';
import { namesIn } from '../present.ts';

/** A socket's path may be about 100 bytes long, whatever the file system allows. */
const LONGEST_SOCKET_PATH = 100;

/** How often one looks for others at most, in milliseconds. */
const LOOK_EVERY_MS = 100;

/** Long enough to take what it has left, and short in case it was only slow. */
const PRESUMED_GONE_MS = 60 * 1000;

/**
 * Lets others find out whether this storage is still in use. It listens on a socket beside its
 * files for as long as it lives, and the kernel stops that at the moment the process dies, however
 * it does. Unlike a process number it means the same in every container of the machine, and is
 * never given to somebody else.
 */
export class Presence implements Owners {
  /** `<kernel>-<storage>`: a socket can be asked only by those that share its kernel. */
  readonly self: string;
  readonly canCoordinate = true;
  /** Until when what those have may be taken whose leases have run out. */
  readonly #presumedGone = new Map<string, number>();
  readonly #folder: string;
  readonly #kernel: string = kernelId();
  #server: Server | undefined;
  #alone: Promise<boolean> = Promise.resolve(false);
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#folder = folder;
    this.self = `${this.#kernel}-${randomBytes(6).toString('hex')}`;
  }

  /** From now on others can tell; not where the file system has no sockets. */
  async announce(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      this.#server = await listenAt(this.#pathOf(this.self));
    } catch {
      // Then others wait until its files have been silent for long.
    }
  }

  isAlone(): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs >= LOOK_EVERY_MS) {
      this.#lookedAtMs = nowMs;
      this.#alone = this.#lookForOthers();
    }
    return this.#alone;
  }

  /** Whether that owner has certainly gone; false if it cannot be known. */
  isGone(owner: string): Promise<boolean> {
    return this.#isGone(owner, this.#server !== undefined);
  }

  /** The same of an owner that may never have been here, of which this is no sign. */
  hasDied(owner: string): Promise<boolean> {
    return this.#isGone(owner, false);
  }

  /** Whether its partials are free; one that was only slow must not lose its new leases, too. */
  async leavesPartials(owner: string): Promise<boolean> {
    return (this.#presumedGone.get(owner) ?? 0) > Date.now() || this.isGone(owner);
  }

  presumeGone(owner: string): void {
    for (const [other, until] of this.#presumedGone) {
      if (until <= Date.now()) this.#presumedGone.delete(other);
    }
    this.#presumedGone.set(owner, Date.now() + PRESUMED_GONE_MS);
  }

  /** Removes the signs of those that have gone; to keep one is to be able to ask it again. */
  async clearOthers(isKept: (owner: string) => boolean): Promise<void> {
    for (const owner of await namesIn(this.#folder).catch(() => [])) {
      if (owner === this.self || isKept(owner)) continue;
      if (await this.isGone(owner)) await this.#remove(owner);
    }
  }

  async withdraw(): Promise<void> {
    if (this.#server === undefined) return;
    const server = this.#server;
    this.#server = undefined;
    await new Promise((resolve) => server.close(resolve));
    await this.#remove(this.self);
  }

  /** Without a sign of its own, it need not see those of others. */
  async #lookForOthers(): Promise<boolean> {
    if (this.#server === undefined) return false;
    const owners = await namesIn(this.#folder).catch(() => undefined);
    if (owners === undefined) return false;
    for (const owner of owners) {
      if (owner !== this.self && !(await this.isGone(owner))) return false;
    }
    return true;
  }

  async #isGone(owner: string, isAbsenceASign: boolean): Promise<boolean> {
    if (!owner.startsWith(`${this.#kernel}-`)) return false;
    const path = this.#pathOf(owner);
    return withShortPath(path, (short) => isSilent(short, isAbsenceASign)).catch(() => false);
  }

  async #remove(owner: string): Promise<void> {
    await unlink(this.#pathOf(owner)).catch(() => {});
  }

  #pathOf(owner: string): string {
    return `${this.#folder}/${owner}`;
  }
}

/** The same for all processes of a machine, in containers too, and another after each start of it. */
function kernelId(): string {
  let text: string;
  try {
    text = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    text = hostname();
  }
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function listenAt(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await withShortPath(path, (short) => {
    return new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // In a cluster, without `exclusive` the primary would listen, and live on.
      server.listen({ path: short, exclusive: true }, resolve);
    });
  });
  server.on('error', () => {});
  return server.unref();
}

/**
 * Whether nobody listens there any more. That nothing is there says so only where sockets can be made
 * at all, and the owner would have made one.
 */
function isSilent(path: string, isAbsenceASign: boolean): Promise<boolean> {
  const signs = isAbsenceASign ? ['ECONNREFUSED', 'ENOENT'] : ['ECONNREFUSED'];
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => socket.destroy());
    socket.once('error', (error) => resolve('code' in error && signs.includes(String(error.code))));
    socket.once('close', () => resolve(false));
  });
}

/** Calls `act` with the path, or with a short one to the same place where Linux has one. */
async function withShortPath<T>(path: string, act: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return act(path);
  const folder = await open(dirname(path), 'r');
  try {
    return await act(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}
