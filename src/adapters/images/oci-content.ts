import { createHash } from 'node:crypto';

/** Bytes with their media type and `sha256:…` digest: what a registry stores. */
export interface Content {
  mediaType: string;
  digest: string;
  bytes: Uint8Array;
}

export interface Platform {
  architecture: string;
  os: string;
  variant?: string;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Platform;
  annotations?: Record<string, string>;
  artifactType?: string;
}

export type Format = 'oci' | 'docker';

export const MEDIA_TYPES: Record<
  Format,
  Record<'index' | 'manifest' | 'config' | 'layer', string>
> = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function contentOf(mediaType: string, bytes: Uint8Array): Content {
  return { mediaType, digest: digestOf(bytes), bytes };
}

export function jsonContent(mediaType: string, value: unknown): Content {
  return contentOf(mediaType, Buffer.from(JSON.stringify(value)));
}

export function describe(
  content: Content,
  more: Omit<Descriptor, 'mediaType' | 'digest' | 'size'> = {},
): Descriptor {
  const { mediaType, digest, bytes } = content;
  return { mediaType, digest, size: bytes.length, ...more };
}
