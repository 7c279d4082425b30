import {
  type Content,
  type Descriptor,
  describe,
  type Format,
  jsonContent,
  MEDIA_TYPES,
  type Platform,
} from './oci-content.ts';
import type { Image } from './oci-image.ts';

export interface ImageIndex {
  /** The index (OCI) or manifest list (Docker): a registry serves it as a manifest too. */
  manifest: Content;
  images: Image[];
}

export interface IndexChild {
  image: Image;
  /** The image's own platform unless told. */
  platform?: Platform;
  annotations?: Record<string, string>;
}

export interface IndexOptions {
  format?: Format;
  annotations?: Record<string, string>;
  artifactType?: string;
  subject?: Content;
}

function childDescriptor({ image, platform, annotations }: IndexChild): Descriptor {
  return describe(image.manifest, {
    platform: platform ?? image.platform,
    ...(annotations && { annotations }),
  });
}

/** A multi-platform image of the given children. */
export function index(children: IndexChild[], options: IndexOptions = {}): ImageIndex {
  const { format = 'oci', subject, ...rest } = options;
  const mediaType = MEDIA_TYPES[format].index;
  const manifests = children.map(childDescriptor);
  const document = {
    schemaVersion: 2,
    mediaType,
    ...rest,
    ...(subject && { subject: describe(subject) }),
    manifests,
  };
  return { manifest: jsonContent(mediaType, document), images: children.map((c) => c.image) };
}
