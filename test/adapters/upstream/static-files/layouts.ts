import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StaticFilesUpstream } from '../../../../src/adapters/upstream/static-files/static-files-upstream.ts';
import { type Digest, parseDigest } from '../../../../src/domain/digest.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';
import {
  parseRepositoryName,
  type RepositoryName,
} from '../../../../src/domain/repository-name.ts';
import type { Content } from '../../../support/oci-content.ts';
import { type LayoutEntry, writeLayout } from '../../../support/oci-layout.ts';
import type { DefineTest } from '../../../support/suite.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

/** A directory of layouts and the upstream over it. */
export interface Layouts {
  root: string;
  upstream: StaticFilesUpstream;
  /** Writes a repository's layout, and gives its folder. */
  write: (name: string, entries: LayoutEntry[]) => Promise<string>;
}

/** A fresh directory for each call, gone when the suite is over. */
export function layoutsFor(it: DefineTest): () => Promise<Layouts> {
  const removals: (() => Promise<void>)[] = [];
  it.after(async () => {
    for (const remove of removals) await remove();
  });
  return async () => {
    const directory = await tempDirectory();
    removals.push(() => directory.remove());
    const root = directory.path;
    const write = async (name: string, entries: LayoutEntry[]): Promise<string> => {
      const folder = join(root, name);
      await writeLayout(folder, entries);
      return folder;
    };
    return { root, upstream: new StaticFilesUpstream(pathToFileURL(root)), write };
  };
}

export const ALPINE: RepositoryName = parseRepositoryName('library/alpine');

export function tag(name: string): Reference {
  return parseReference(name);
}

export function digestOf(content: Content): Digest {
  return parseDigest(content.digest);
}

export function byDigest(content: Content): Reference {
  return { kind: 'digest', digest: digestOf(content) };
}
