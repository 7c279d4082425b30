import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { parseDigest } from '../../src/domain/digest.ts';
import { parseTag } from '../../src/domain/reference.ts';
import {
  blobKey,
  layerLinkKey,
  revisionLinkKey,
  tagIndexKey,
  tagLinkKey,
} from '../../src/domain/registry-layout.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';

const IMAGES_EACH = 100;
const TAG = parseTag('latest');
const AT_A_TIME = 1_000;
const CONFIG = '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}';

/**
 * Fills `root` as a registry's storage with so many images: a manifest and a revision each, a
 * hundred of them in a repository, where one has the tag and all share the config. No layers: what
 * costs time at a start is how many images and files there are, and not how large they are.
 */
export async function fillLargeStore(root: string, images: number): Promise<void> {
  const write = (key: string, text: string): void => {
    const path = join(root, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const config = digestOf(CONFIG);
  write(blobKey(config), CONFIG);
  for (let at = 0; at < images; at++) {
    const repository = parseRepositoryName(`library/image-${Math.floor(at / IMAGES_EACH)}`);
    const manifest = manifestOf(at, config);
    const digest = digestOf(manifest);
    write(blobKey(digest), manifest);
    write(revisionLinkKey(repository, digest), digest);
    if (at % IMAGES_EACH === 0) {
      write(tagLinkKey(repository, TAG), digest);
      write(tagIndexKey(repository, TAG, digest), digest);
      write(layerLinkKey(repository, config), config);
    }
    // Synchronous calls are several times faster here; a signal is heard all the same.
    if (at % AT_A_TIME === 0) await pause();
  }
}

function manifestOf(at: number, config: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: config,
      size: CONFIG.length,
    },
    layers: [],
    annotations: { 'org.opencontainers.image.version': String(at) },
  });
}

function digestOf(text: string): ReturnType<typeof parseDigest> {
  return parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`);
}
