/**
 * `kagami-registry/testing`: what proves that an adapter of somebody else's does what Kagami needs of
 * it, with any test runner.
 *
 * @module
 */
export type { Content, Format, Platform } from '../adapters/images/oci-content.ts';
export type { Image } from '../adapters/images/oci-image.ts';
export type { ImageIndex } from '../adapters/images/oci-index.ts';
export type { DefineTest } from './define-test.ts';
export {
  blobStoreContract,
  type CreateStorage,
  recordStoreContract,
  type StorageUnderTest,
  storageEngineContract,
} from './storage-engine.ts';
export {
  type CreateUpstream,
  type UpstreamContent,
  type UpstreamUnderTest,
  upstreamContract,
} from './upstream.ts';
