import { parseDigest } from '../../../src/domain/digest.ts';
import type { Upstream } from '../../../src/domain/ports/upstream.ts';
import { parseReference, type Reference } from '../../../src/domain/reference.ts';
import { parseRepositoryName, type RepositoryName } from '../../../src/domain/repository-name.ts';
import type { Content } from '../../support/oci-content.ts';
import type { Image } from '../../support/oci-image.ts';
import type { ImageIndex } from '../../support/oci-index.ts';
import { type DefineTest, testSuite } from '../../support/suite.ts';

/** What an upstream has: images and indexes, with all below them, in repositories. */
export type UpstreamContent = readonly {
  readonly repository: string;
  readonly content: Image | ImageIndex;
  /** None, and it is there by its digest alone. */
  readonly tags: readonly string[];
}[];

export interface UpstreamUnderTest {
  readonly upstream: Upstream;
  /** Closes the upstream, and removes what was made for it. */
  close(): Promise<void>;
}

export type CreateUpstream = (content: UpstreamContent) => Promise<UpstreamUnderTest>;

/** A suite with one upstream for all its tests, which `upstream` gives during a test. */
export function upstreamSuite(
  name: string,
  { create, content }: { create: CreateUpstream; content: UpstreamContent },
  define: (it: DefineTest, upstream: () => Upstream) => void,
): void {
  testSuite(name, (it) => {
    let current: UpstreamUnderTest | undefined;
    it.beforeEach(async () => {
      current ??= await create(content);
    });
    it.after(async () => {
      await current?.close();
    });
    define(it, () => {
      if (current === undefined) throw new Error('there is an upstream only during a test');
      return current.upstream;
    });
  });
}

export const ALPINE: RepositoryName = parseRepositoryName('library/alpine');
export const NOWHERE: RepositoryName = parseRepositoryName('library/nowhere');

/** A digest that no content has. */
export const UNKNOWN: Content['digest'] = `sha256:${'0'.repeat(64)}`;

export function byTag(tag: string): Reference {
  return parseReference(tag);
}

export function byDigest(digest: string): Reference {
  return { kind: 'digest', digest: parseDigest(digest) };
}
