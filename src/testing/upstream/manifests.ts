import * as assert from 'node:assert/strict';
import { type Content, describe } from '../../adapters/images/oci-content.ts';
import { image, index, layer } from '../../adapters/images/oci-image.ts';
import { parseDigest } from '../../domain/digest.ts';
import { ManifestUnknown, NameUnknown } from '../../domain/errors.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
import {
  ALPINE,
  byDigest,
  byTag,
  type CreateUpstream,
  NOWHERE,
  UNKNOWN,
  upstreamSuite,
} from './upstream-suite.ts';

const AMD64 = image({ layers: [layer({ 'etc/os-release': 'Alpine' })] });
const ARM64 = image({ architecture: 'arm64' });
const MULTI = index([{ image: AMD64 }, { image: ARM64 }]);
const DOCKER = image({ format: 'docker', config: { Cmd: ['true'] } });
const LIST = index([{ image: DOCKER }], { format: 'docker' });
const CONTENT = [
  { repository: ALPINE, content: MULTI, tags: ['3.20', 'latest'] },
  { repository: ALPINE, content: LIST, tags: ['3.1'] },
  { repository: 'library/busybox', content: image({ os: 'windows' }), tags: ['windows'] },
];
const MANIFESTS: [what: string, manifest: Content][] = [
  ['an OCI index', MULTI.manifest],
  ['an OCI image below it', ARM64.manifest],
  ['a Docker manifest list', LIST.manifest],
  ['a Docker image below it', DOCKER.manifest],
];

export function upstreamManifestContract(test: DefineTest, create: CreateUpstream): void {
  upstreamSuite({ part: 'manifests', test, create, content: CONTENT }, (it) => {
    it('resolves a tag to type, digest and size', async (upstream) => {
      const descriptor = await upstream.resolve(ALPINE, byTag('3.20'));
      assert.deepEqual(descriptor, describe(MULTI.manifest));
    });

    it('resolves within a time that is enough', async (upstream) => {
      const descriptor = await upstream.resolve(ALPINE, byTag('latest'), 60_000);
      assert.equal(descriptor.digest, MULTI.manifest.digest);
    });

    for (const [what, manifest] of MANIFESTS) {
      it(`resolves the digest of ${what}`, async (upstream) => {
        const descriptor = await upstream.resolve(ALPINE, byDigest(manifest.digest));
        assert.deepEqual(descriptor, describe(manifest));
      });

      it(`fetches ${what}, byte for byte, and tells its type`, async (upstream) => {
        const fetched = await upstream.fetchManifest(ALPINE, parseDigest(manifest.digest));
        assert.ok(Buffer.from(manifest.bytes).equals(fetched.bytes));
        assert.equal(fetched.mediaType, manifest.mediaType);
      });
    }

    it('does not know a tag that is not there', async (upstream) => {
      await rejects(upstream.resolve(ALPINE, byTag('2.0')), ManifestUnknown);
    });

    it('does not know a tag of another repository', async (upstream) => {
      await rejects(upstream.resolve(ALPINE, byTag('windows')), ManifestUnknown);
    });

    it('does not know a manifest that is not there', async (upstream) => {
      await rejects(upstream.resolve(ALPINE, byDigest(UNKNOWN)), ManifestUnknown);
      await rejects(upstream.fetchManifest(ALPINE, parseDigest(UNKNOWN)), ManifestUnknown);
    });

    it('does not know a repository that is not there', async (upstream) => {
      const digest = parseDigest(MULTI.manifest.digest);
      await rejects(upstream.resolve(NOWHERE, byTag('3.20')), NameUnknown);
      await rejects(upstream.fetchManifest(NOWHERE, digest), NameUnknown);
    });
  });
}
