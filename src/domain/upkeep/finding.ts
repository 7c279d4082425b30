import type { Digest } from '../digest.ts';
import type { RepositoryName } from '../repository-name.ts';

/** Something in the storage that is not as it should be. */
export type Finding =
  | {
      /** The bytes are not those that the digest names. */
      readonly kind: 'damaged-blob';
      readonly digest: Digest;
      readonly size: number;
    }
  | {
      /** What lies at a blob's place is none: an empty file, a folder. */
      readonly kind: 'no-blob';
      readonly key: string;
    }
  | {
      /** No repository has a link to it, and no manifest lists it. */
      readonly kind: 'orphan-blob';
      readonly digest: Digest;
      readonly size: number;
    }
  | {
      /** A link that is empty, or says something else than its place. */
      readonly kind: 'broken-link';
      readonly key: string;
      readonly repository: RepositoryName;
    }
  | {
      /** A link to a blob or manifest that is not here. */
      readonly kind: 'dangling-link';
      readonly key: string;
      readonly repository: RepositoryName;
    }
  | {
      /** An upload of the CNCF registry that was never finished. */
      readonly kind: 'leaked-upload';
      readonly key: string;
      readonly repository: RepositoryName;
    };

/** How many bytes go when it is mended. */
export function reclaimable(finding: Finding): number {
  return 'size' in finding ? finding.size : 0;
}
