/**
 * What every upstream does, in sentences: run the contract on an adapter to know that Kagami can
 * mirror what it gives.
 */
import { upstreamBlobContract } from './upstream/blobs.ts';
import { upstreamListContract } from './upstream/lists.ts';
import { upstreamManifestContract } from './upstream/manifests.ts';
import type { CreateUpstream } from './upstream/upstream-suite.ts';

export type {
  CreateUpstream,
  UpstreamContent,
  UpstreamUnderTest,
} from './upstream/upstream-suite.ts';

/** `create` is called once for each part, and gives an upstream that has the content. */
export function upstreamContract(name: string, create: CreateUpstream): void {
  upstreamManifestContract(name, create);
  upstreamBlobContract(name, create);
  upstreamListContract(name, create);
}
