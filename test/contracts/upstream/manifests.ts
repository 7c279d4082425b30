import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { ManifestUnknown, NameUnknown } from '../../../src/domain/errors.ts';
import { type Content, describe } from '../../support/oci-content.ts';
import { image, index, layer } from '../../support/oci-image.ts';
import { rejects } from '../../support/suite.ts';
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

export function upstreamManifestContract(name: string, create: CreateUpstream): void {
  upstreamSuite(`${name}: manifests`, { create, content: CONTENT }, (it, upstream) => {
    it('resolves a tag to type, digest and size', async () => {
      const descriptor = await upstream().resolve(ALPINE, byTag('3.20'));
      assert.equal(descriptor, describe(MULTI.manifest));
    });

    it('resolves within a time that is enough', async () => {
      const descriptor = await upstream().resolve(ALPINE, byTag('latest'), 60_000);
      assert.is(descriptor.digest, MULTI.manifest.digest);
    });

    for (const [what, manifest] of MANIFESTS) {
      it(`resolves the digest of ${what}`, async () => {
        const descriptor = await upstream().resolve(ALPINE, byDigest(manifest.digest));
        assert.equal(descriptor, describe(manifest));
      });

      it(`fetches ${what}, byte for byte, and tells its type`, async () => {
        const fetched = await upstream().fetchManifest(ALPINE, parseDigest(manifest.digest));
        assert.ok(Buffer.from(manifest.bytes).equals(fetched.bytes));
        assert.is(fetched.mediaType, manifest.mediaType);
      });
    }

    it('does not know a tag that is not there', async () => {
      await rejects(upstream().resolve(ALPINE, byTag('2.0')), ManifestUnknown);
    });

    it('does not know a tag of another repository', async () => {
      await rejects(upstream().resolve(ALPINE, byTag('windows')), ManifestUnknown);
    });

    it('does not know a manifest that is not there', async () => {
      await rejects(upstream().resolve(ALPINE, byDigest(UNKNOWN)), ManifestUnknown);
      await rejects(upstream().fetchManifest(ALPINE, parseDigest(UNKNOWN)), ManifestUnknown);
    });

    it('does not know a repository that is not there', async () => {
      const digest = parseDigest(MULTI.manifest.digest);
      await rejects(upstream().resolve(NOWHERE, byTag('3.20')), NameUnknown);
      await rejects(upstream().fetchManifest(NOWHERE, digest), NameUnknown);
    });
  });
}
