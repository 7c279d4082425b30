import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = 'docker/registry/v2';
const BLOB = /^blobs\/(sha256|sha512)\/[0-9a-f]{2}\/([0-9a-f]+)\/data$/;
const LINK = /^repositories\/.*\/link$/;

/**
 * A directory in the CNCF registry's layout, looked at while mirrors work on it and after they have
 * died: at no moment may it show anything wrong, nor lose anything.
 */
export class RegistryStore {
  readonly #root: string;
  /** The blobs that were whole, with what tells whether a file has changed since. */
  readonly #whole = new Map<string, string>();

  constructor(storage: string) {
    this.#root = join(storage, ROOT);
  }

  /** Fails if the blob was not there at the last check. */
  mustHave(digest: string): void {
    if (!this.#whole.has(digest)) throw new Error(`blob ${digest} is not there`);
  }

  /** Fails if the blob was there at the last check. */
  mustNotHave(digest: string): void {
    if (this.#whole.has(digest)) throw new Error(`blob ${digest} is there`);
  }

  /** Fails if a blob is not what its name says, or has gone, or if a link leads nowhere. */
  async check(): Promise<void> {
    const before = [...this.#whole.keys()];
    // In this order: meanwhile more may come, a blob always before its links.
    const links = await this.#links();
    const now = new Set<string>();
    for (const path of await this.#files()) {
      const digest = digestOf(path);
      if (digest !== undefined && (await this.#checkBlob(path, digest))) now.add(digest);
    }
    for (const digest of before) if (!now.has(digest)) throw new Error(`blob ${digest} has gone`);
    for (const [path, text] of links) {
      if (!now.has(text)) throw new Error(`${path} leads to '${text}', which is not there`);
    }
  }

  /** Reads every blob again at the next check. */
  forgetContent(): void {
    for (const digest of this.#whole.keys()) this.#whole.set(digest, '');
  }

  async #checkBlob(path: string, digest: string): Promise<boolean> {
    const { ino, size, mtimeMs } = await stat(join(this.#root, path));
    const version = `${ino} ${size} ${mtimeMs}`;
    if (this.#whole.get(digest) === version) return true;
    const [algorithm = ''] = digest.split(':');
    const bytes = await readFile(join(this.#root, path));
    const found = `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
    if (found !== digest) throw new Error(`${path} has ${bytes.length} bytes of ${found}`);
    this.#whole.set(digest, version);
    return true;
  }

  async #links(): Promise<Map<string, string>> {
    const paths = (await this.#files()).filter((path) => LINK.test(path));
    const texts = paths.map(async (path): Promise<[string, string]> => {
      return [path, await readFile(join(this.#root, path), 'utf8')];
    });
    return new Map(await Promise.all(texts));
  }

  async #files(): Promise<string[]> {
    try {
      return await readdir(this.#root, { recursive: true });
    } catch {
      return []; // nothing has been stored yet
    }
  }
}

function digestOf(path: string): string | undefined {
  const [, algorithm, encoded] = BLOB.exec(path) ?? [];
  return algorithm && encoded && `${algorithm}:${encoded}`;
}
