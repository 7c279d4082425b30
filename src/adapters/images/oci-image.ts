/**
 * Real OCI and Docker images, built in memory.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
 */
import {
  type Content,
  describe,
  type Format,
  jsonContent,
  MEDIA_TYPES,
  type Platform,
} from './oci-content.ts';
import type { Layer } from './oci-layer.ts';

export { index } from './oci-index.ts';
export { layer, randomLayer } from './oci-layer.ts';

export interface Image {
  manifest: Content;
  config: Content;
  layers: Content[];
  platform: Platform;
}

export interface ImageOptions extends Partial<Platform> {
  layers?: Layer[];
  format?: Format;
  /** The execution parameters of the image config. */
  config?: { Cmd?: string[]; Entrypoint?: string[]; Env?: string[]; [key: string]: unknown };
  annotations?: Record<string, string>;
  artifactType?: string;
  /** The manifest this one refers to; makes it appear among that one's referrers. */
  subject?: Content;
}

/** A fixed date keeps digests the same from run to run. */
const CREATED = '2024-01-01T00:00:00Z';
const DEFAULT_CONFIG = {
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
};

function configOf(platform: Platform, layers: Layer[], options: ImageOptions): Content {
  return jsonContent(MEDIA_TYPES[options.format ?? 'oci'].config, {
    created: CREATED,
    ...platform,
    config: { ...DEFAULT_CONFIG, ...options.config },
    rootfs: { type: 'layers', diff_ids: layers.map((each) => each.diffId) },
    history: layers.map((_, at) => ({ created: CREATED, created_by: `layer ${at + 1}` })),
  });
}

function manifestOf(config: Content, layers: Content[], options: ImageOptions): Content {
  const { format = 'oci', annotations, artifactType, subject } = options;
  const mediaType = MEDIA_TYPES[format].manifest;
  return jsonContent(mediaType, {
    schemaVersion: 2,
    mediaType,
    ...(artifactType && { artifactType }),
    config: describe(config),
    layers: layers.map((each) => describe(each)),
    ...(subject && { subject: describe(subject) }),
    ...(annotations && { annotations }),
  });
}

/** An image for one platform (linux/amd64 unless told). */
export function image(options: ImageOptions = {}): Image {
  const { layers = [], format = 'oci', architecture = 'amd64', os = 'linux', variant } = options;
  const platform = { architecture, os, ...(variant && { variant }) };
  const config = configOf(platform, layers, options);
  const blobs = layers.map(({ digest, bytes }) => ({
    mediaType: MEDIA_TYPES[format].layer,
    digest,
    bytes,
  }));
  return { manifest: manifestOf(config, blobs, options), config, layers: blobs, platform };
}
