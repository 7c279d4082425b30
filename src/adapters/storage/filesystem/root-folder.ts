import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { StorageFailed } from '../../../domain/errors.ts';
import { KAGAMI_ROOT } from '../../../domain/registry-layout.ts';

/** A part of a key that would lead out of the root, or that is no name. */
const UNSAFE = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;

/** Where things are below the storage's root. */
export class RootFolder {
  readonly path: string;
  /**
   * What is being written lies here, in the same file system as its place, until it is whole. The
   * registry looks only below `docker/`.
   */
  readonly staging: string;
  /** Who is using the storage; see `staging/presence.ts`. */
  readonly owners: string;
  /** Blobs that turned out to be damaged. */
  readonly quarantine: string;

  constructor(path: string) {
    this.path = resolve(path);
    this.staging = join(this.path, KAGAMI_ROOT, 'staging');
    this.owners = join(this.path, KAGAMI_ROOT, 'owners');
    this.quarantine = join(this.path, KAGAMI_ROOT, 'quarantine');
  }

  /** @throws StorageFailed for a key that `registry-layout.ts` cannot have made */
  pathOf(key: string): string {
    if (UNSAFE.test(key)) throw new StorageFailed('a key with an unsafe part', { detail: { key } });
    return `${this.path}/${key}`;
  }

  /** A new name that no other process, on no other host, comes up with. */
  newStagingPath(kind: 'record' | 'probe' | 'set-aside'): string {
    return `${this.staging}/${kind}-${randomUUID()}`;
  }
}
