import type { Format } from './oci-content.ts';
import { type Image, image, index, layer } from './oci-image.ts';
import type { ImageIndex } from './oci-index.ts';
import type { TarFiles } from './tar.ts';

export interface SampleOptions {
  format?: Format;
  /** What the first layer holds besides. */
  files?: TarFiles;
  /** What a container runs. */
  command?: string[];
}

/** The platforms of a sample; a client takes one of them. */
export const ARCHITECTURES: readonly string[] = ['amd64', 'arm64'];

/** How many blobs a client fetches for a sample: a config and two layers. */
export const SAMPLE_BLOBS = 3;

/** A small image for two platforms behind one index; no blob of it is in that of another label. */
export function sampleImage(label: string, options: SampleOptions = {}): ImageIndex {
  const { format = 'oci' } = options;
  const images = ARCHITECTURES.map((each) => forPlatform(label, each, options));
  return index(
    images.map((each) => ({ image: each })),
    { format },
  );
}

function forPlatform(label: string, architecture: string, options: SampleOptions): Image {
  const { format = 'oci', files = {}, command = [] } = options;
  const base = layer({ ...files, 'etc/base': `${label}, the base for ${architecture}\n` });
  const top = layer({ 'etc/label': `${label}\n`, 'etc/architecture': `${architecture}\n` });
  return image({ layers: [base, top], architecture, format, config: { Cmd: command } });
}
