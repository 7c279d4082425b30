import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UpstreamBadAnswer, UpstreamUnreachable } from '../../../domain/errors.ts';
import { LARGEST_MANIFEST } from '../../../domain/manifest.ts';

export interface OpenFile {
  readonly handle: FileHandle;
  /** In bytes, when it was opened. */
  readonly size: number;
}

/**
 * The files below one directory, by their names in it. Whatever is not a regular file in the end is
 * not there; symbolic links are followed, since only the operator makes them. Messages have the name
 * alone, for they may reach a client, who need not know where the directory is.
 */
export class FileTree {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws UpstreamUnreachable if the directory itself is gone: an unmounted share, a wrong path */
  async requireRoot(): Promise<void> {
    const found = await unlessAbsent('the directory', stat(this.#root));
    if (found?.isDirectory()) return;
    throw new UpstreamUnreachable('the directory of image layouts is not there');
  }

  /** Opens a file; whoever gets it closes it. */
  async open(name: string): Promise<OpenFile | undefined> {
    const handle = await unlessAbsent(name, open(join(this.#root, name)));
    if (handle === undefined) return undefined;
    let file: OpenFile | undefined;
    try {
      const found = await handle.stat();
      if (found.isFile()) file = { handle, size: found.size };
    } catch (error) {
      throw unreadable(name, error);
    } finally {
      if (file === undefined) await handle.close();
    }
    return file;
  }

  /** The size of a file in bytes. */
  async size(name: string): Promise<number | undefined> {
    const found = await unlessAbsent(name, stat(join(this.#root, name)));
    return found?.isFile() ? found.size : undefined;
  }

  /** @throws UpstreamBadAnswer if the file is larger than any manifest may be */
  async read(name: string): Promise<Uint8Array | undefined> {
    const file = await this.open(name);
    if (file === undefined) return undefined;
    try {
      if (file.size <= LARGEST_MANIFEST) return await unlessAbsent(name, file.handle.readFile());
    } finally {
      await file.handle.close();
    }
    throw new UpstreamBadAnswer(`${name} is larger than ${LARGEST_MANIFEST} bytes`);
  }
}

/** What the system says of a file that could not be had. */
export function unreadable(name: string, cause: unknown): UpstreamUnreachable {
  const code = codeOf(cause);
  return new UpstreamUnreachable(`${name} cannot be read${code && ` (${code})`}`, { cause });
}

/** A broken link is ENOENT, a file where a folder should be ENOTDIR: both mean "no such file". */
async function unlessAbsent<T>(name: string, found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(name, error);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
