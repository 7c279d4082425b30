/**
 * OCI image layouts on disk, as skopeo and its like write them.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Content, describe } from './oci-content.ts';
import type { Image } from './oci-image.ts';
import type { ImageIndex } from './oci-index.ts';

export interface LayoutEntry {
  content: Image | ImageIndex;
  /** What `index.json` calls it, a tag most often; absent for no name at all. */
  refName?: string;
}

/** Makes `directory` a layout whose `index.json` lists `entries`; blobs of before stay. */
export async function writeLayout(directory: string, entries: LayoutEntry[]): Promise<void> {
  await mkdir(join(directory, 'blobs'), { recursive: true });
  for (const { content } of entries) {
    for (const blob of contentsOf(content)) await writeBlob(directory, blob);
  }
  const manifests = entries.map(({ content, refName }) => {
    const annotations = refName && { 'org.opencontainers.image.ref.name': refName };
    return describe(content.manifest, annotations ? { annotations } : {});
  });
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}');
}

/** Where a layout keeps the bytes of a digest. */
export function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', ...digest.split(':'));
}

function contentsOf(content: Image | ImageIndex): Content[] {
  if ('images' in content) return [content.manifest, ...content.images.flatMap(contentsOf)];
  return [content.manifest, content.config, ...content.layers];
}

async function writeBlob(directory: string, { digest, bytes }: Content): Promise<void> {
  const path = blobPath(directory, digest);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
