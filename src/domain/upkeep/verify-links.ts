import { type Digest, isDigest } from '../digest.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { isTag } from '../reference.ts';
import {
  digestFromPath,
  layersKey,
  revisionsKey,
  tagIndexesKey,
  tagLinkKey,
  tagsKey,
} from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import { decodeUtf8 } from '../utf8.ts';
import type { Finding } from './finding.ts';

/** A link that is as it should be. */
export interface Link {
  readonly key: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly kind: 'layer' | 'revision' | 'tag';
}

/**
 * Every link of a repository, and what is wrong with those that are broken. One that is not there is
 * not broken: a tag that the upstream has removed leaves its folder with the digests it once had, and
 * a registry that was killed leaves empty ones.
 */
export async function* verifyLinks(
  records: RecordStore,
  repository: RepositoryName,
): AsyncIterable<Link | Finding> {
  yield* digestLinks(records, repository, layersKey(repository), 'layer');
  yield* digestLinks(records, repository, revisionsKey(repository), 'revision');
  for (const tag of await records.children(tagsKey(repository))) {
    if (!isTag(tag)) continue;
    const key = tagLinkKey(repository, tag);
    const bytes = await records.get(key);
    if (bytes !== undefined) {
      const digest = digestIn(bytes);
      if (digest === undefined) yield { kind: 'broken-link', key, repository };
      else yield { kind: 'tag', key, repository, digest };
    }
    yield* digestLinks(records, repository, tagIndexesKey(repository, tag), 'tag');
  }
}

/** The links in a folder that has one for each digest: `ALGORITHM/ENCODED/link`. */
async function* digestLinks(
  records: RecordStore,
  repository: RepositoryName,
  folder: string,
  kind: Link['kind'],
): AsyncIterable<Link | Finding> {
  for (const algorithm of await records.children(folder)) {
    for (const encoded of await records.children(`${folder}/${algorithm}`)) {
      const expected = digestFromPath(algorithm, encoded);
      if (expected === undefined) continue;
      const key = `${folder}/${algorithm}/${encoded}/link`;
      const bytes = await records.get(key);
      if (bytes === undefined) continue;
      if (digestIn(bytes) === expected) yield { kind, key, repository, digest: expected };
      else yield { kind: 'broken-link', key, repository };
    }
  }
}

function digestIn(bytes: Uint8Array): Digest | undefined {
  try {
    const text = decodeUtf8(bytes);
    return isDigest(text) ? text : undefined;
  } catch {
    return undefined; // bytes that are not even text
  }
}
