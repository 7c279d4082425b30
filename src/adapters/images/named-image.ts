import { parseTag } from '../../domain/reference.ts';
import { parseRepositoryName } from '../../domain/repository-name.ts';
import { filesOfLayer, type ImageFiles } from './image-files.ts';
import type { Content, Format, Platform } from './oci-content.ts';
import { image as buildImage, type Image } from './oci-image.ts';
import { index } from './oci-index.ts';
import { type Layer, layer } from './oci-layer.ts';

/** An image, or an index of images, under its name; an upstream can be made of these. */
export interface NamedImage {
  /** As it was given, with its tag: `library/app:1.0`. */
  readonly name: string;
  readonly repository: string;
  readonly tags: readonly string[];
  /** That of its manifest: what the tag stands for. */
  readonly digest: string;
  /** What the tag stands for first, then the manifests below it. */
  readonly manifests: readonly Content[];
  /** The configs and layers. */
  readonly blobs: readonly Content[];
  readonly images: readonly Image[];
}

/** What an image holds, and what a container of it does. */
export interface ImageOptions {
  /**
   * The files of its last layer by their path, with or without a slash in front. A path that ends
   * with a slash is an empty folder.
   */
  readonly files?: ImageFiles;
  /** The files of each layer below that, the lowest first. */
  readonly layers?: readonly ImageFiles[];
  /** `os/architecture` or `os/architecture/variant`; `linux/amd64` unless told. */
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of its manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** `oci` unless told. */
  readonly format?: Format;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Builds a real image in memory. The same options give the same digests, on any machine.
 *
 * @param name `repository:tag`, such as `library/app:1.0`; without a tag it is `latest`
 * @throws NameInvalid
 * @throws TagInvalid
 * @throws TypeError if a path or the platform is none
 */
export function image(name: string, options: ImageOptions = {}): NamedImage {
  const { format = 'oci', annotations } = options;
  const built = buildImage({
    ...platformOf(options.platform ?? 'linux/amd64'),
    format,
    layers: layersOf(options),
    config: configOf(options),
    ...(annotations && { annotations: { ...annotations } }),
  });
  return named(name, [built.manifest], [built]);
}

/**
 * Makes one image for several platforms of images for one each, whose own names do not matter.
 *
 * @param name `repository:tag`, as of {@link image}
 */
export function imageIndex(name: string, images: readonly NamedImage[]): NamedImage {
  const children = images.flatMap((each) => each.images);
  const list = index(children.map((each) => ({ image: each })));
  const manifests = [list.manifest, ...children.map(({ manifest }) => manifest)];
  return named(name, manifests, children);
}

function named(
  written: string,
  manifests: readonly Content[],
  images: readonly Image[],
): NamedImage {
  const { repository, tag } = partsOf(written);
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers]);
  const digest = manifests[0]?.digest ?? '';
  return {
    name: `${repository}:${tag}`,
    repository,
    tags: [tag],
    digest,
    manifests,
    blobs,
    images,
  };
}

function partsOf(name: string): { repository: string; tag: string } {
  const colon = name.lastIndexOf(':');
  // In `host:5000/name` the last colon is not that of a tag; such a name is refused below.
  const end = colon > name.lastIndexOf('/') ? colon : name.length;
  const repository = parseRepositoryName(name.slice(0, end));
  return { repository, tag: end === name.length ? 'latest' : parseTag(name.slice(end + 1)) };
}

function platformOf(text: string): Platform {
  const [os = '', architecture = '', variant, ...rest] = text.split('/');
  if (os === '' || architecture === '' || rest.length > 0) {
    throw new TypeError(`the platform must be written like linux/amd64, not "${text}"`);
  }
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

/** Some runtimes refuse an image without any layer, so it has an empty one at least. */
function layersOf({ files, layers = [] }: ImageOptions): Layer[] {
  const all = files !== undefined || layers.length === 0 ? [...layers, files ?? {}] : layers;
  return all.map((each) => layer(filesOfLayer(each)));
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties */
function configOf(options: ImageOptions): Record<string, unknown> {
  const { env, entrypoint, cmd, user, workdir, labels } = options;
  return {
    Env: Object.entries({ PATH, ...env }).map(([name, value]) => `${name}=${value}`),
    ...(entrypoint && { Entrypoint: [...entrypoint] }),
    ...(cmd && { Cmd: [...cmd] }),
    ...(user !== undefined && { User: user }),
    ...(workdir !== undefined && { WorkingDir: workdir }),
    ...(labels && { Labels: { ...labels } }),
  };
}
