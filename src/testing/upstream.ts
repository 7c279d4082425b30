/**
 * What every upstream does, in sentences: run the contract on an adapter to know that Kagami can
 * mirror what it gives.
 */
import type { DefineTest } from './define-test.ts';
import { upstreamBlobContract } from './upstream/blobs.ts';
import { upstreamListContract } from './upstream/lists.ts';
import { upstreamManifestContract } from './upstream/manifests.ts';
import type { CreateUpstream } from './upstream/upstream-suite.ts';

export type {
  CreateUpstream,
  UpstreamContent,
  UpstreamUnderTest,
} from './upstream/upstream-suite.ts';

/** Defines the tests of an upstream; `create` is called for each of them. */
export function upstreamContract(test: DefineTest, create: CreateUpstream): void {
  upstreamManifestContract(test, create);
  upstreamBlobContract(test, create);
  upstreamListContract(test, create);
}
