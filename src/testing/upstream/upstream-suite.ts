import type { Content } from '../../adapters/images/oci-content.ts';
import type { Image } from '../../adapters/images/oci-image.ts';
import type { ImageIndex } from '../../adapters/images/oci-index.ts';
import { parseDigest } from '../../domain/digest.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import { parseReference, type Reference } from '../../domain/reference.ts';
import { parseRepositoryName, type RepositoryName } from '../../domain/repository-name.ts';
import type { DefineTest } from '../define-test.ts';

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

/** Gives an upstream that has the content. */
export type CreateUpstream = (content: UpstreamContent) => Promise<UpstreamUnderTest>;

/** Defines a test that has an upstream of its own. */
export type DefineUpstreamTest = (
  name: string,
  body: (upstream: Upstream) => Promise<void>,
) => void;

interface Part {
  readonly part: string;
  readonly test: DefineTest;
  readonly create: CreateUpstream;
  readonly content: UpstreamContent;
}

/** A part of the contract, whose name its tests bear. */
export function upstreamSuite(
  { part, test, create, content }: Part,
  define: (it: DefineUpstreamTest) => void,
): void {
  define((name, body) => {
    test(`${part}: ${name}`, async () => {
      const under = await create(content);
      try {
        await body(under.upstream);
      } finally {
        await under.close();
      }
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
