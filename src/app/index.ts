/**
 * `kagami-registry`: a mirror in this process, images made in memory, and what a plugin is made of.
 *
 * @module
 */
export { ListenFailed } from '../adapters/http/listen-failed.ts';
export type { ImageFile, ImageFiles } from '../adapters/images/image-files.ts';
export {
  type ImageOptions,
  image,
  imageIndex,
  type NamedImage,
} from '../adapters/images/named-image.ts';
export type { ByteRange, ResolvedRange } from '../domain/byte-range.ts';
export { resolveRange } from '../domain/byte-range.ts';
export type { Descriptor } from '../domain/descriptor.ts';
export {
  algorithmOf,
  type Digest,
  type DigestAlgorithm,
  encodedOf,
  isDigest,
  parseDigest,
} from '../domain/digest.ts';
export * from '../domain/errors.ts';
export { type Manifest, parseManifest } from '../domain/manifest.ts';
export type {
  BlobFile,
  BlobStore,
  OpenBlob,
  StagedBlob,
  StoredBlob,
} from '../domain/ports/blob-store.ts';
export type { ByteReader } from '../domain/ports/byte-reader.ts';
export type { MirrorEvent } from '../domain/ports/events.ts';
export type { RecordStore } from '../domain/ports/record-store.ts';
export type { StorageEngine } from '../domain/ports/storage-engine.ts';
export type {
  FetchedBlob,
  FetchedManifest,
  PageRequest,
  TagPage,
  Upstream,
} from '../domain/ports/upstream.ts';
export { parseTag, type Reference, type Tag } from '../domain/reference.ts';
export type { Referrer } from '../domain/referrers.ts';
export { parseRepositoryName, type RepositoryName } from '../domain/repository-name.ts';
export type { ConfigurationOptions } from './config/configuration-options.ts';
export { ConfigProblems, type Problem } from './config/problem.ts';
export { createMirror } from './embedded/create-mirror.ts';
export type { EmbeddedMirror } from './embedded/embedded-mirror.ts';
export type { MirrorEventOf, MirrorEventType, MirrorListener } from './embedded/event-listeners.ts';
export type { MirrorOptions } from './embedded/mirror-options.ts';
export type { MirrorStats } from './embedded/mirror-stats.ts';
export type {
  AdapterFactory,
  PluginContext,
  StoragePlugin,
  UpstreamPlugin,
} from './plugins/plugin.ts';
export type { StandardSchema } from './plugins/standard-schema.ts';
