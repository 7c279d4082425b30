import type { TarFiles } from './tar.ts';

/** A file with its mode, where `0o644` will not do. */
export interface ImageFile {
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

/** Files by their path. */
export type ImageFiles = Readonly<Record<string, string | Uint8Array | ImageFile>>;

/**
 * The files as a layer has them: without a slash in front, and in the order of their paths, so that
 * the order in which they were written down does not count.
 *
 * @throws TypeError if a path leads nowhere
 */
export function filesOfLayer(files: ImageFiles): TarFiles {
  const paths = Object.keys(files).map((path) => [pathInLayer(path), path] as const);
  paths.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(paths.map(([path, written]) => [path, files[written] ?? '']));
}

function pathInLayer(written: string): string {
  const path = written.replace(/^(\.?\/)+/, '');
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new TypeError(`"${written}" is not the path of a file in an image`);
  }
  return path;
}
