import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { type Content, digestOf } from '../../../src/adapters/images/oci-content.ts';
import { image, index, layer, randomLayer } from '../../../src/adapters/images/oci-image.ts';
import { tar } from '../../../src/adapters/images/tar.ts';
import { artifact, attestation } from '../../support/oci-artifact.ts';
import { testSuite } from '../../support/suite.ts';

interface Document {
  mediaType: string;
  artifactType: string;
  subject: { digest: string };
  config: { mediaType: string; digest: string; size: number };
  layers: { mediaType: string; digest: string; size: number }[];
  manifests: {
    digest: string;
    platform: { architecture: string; os: string };
    annotations?: Record<string, string>;
  }[];
  rootfs: { diff_ids: string[] };
}

function read(content: Content): Document {
  return JSON.parse(Buffer.from(content.bytes).toString()) as Document;
}

/** The name in a tar header block. */
function nameAt(archive: Buffer, block: number): string {
  return archive.toString('latin1', block * 512, block * 512 + 100).replaceAll('\0', '');
}

testSuite('tar', (it) => {
  it('writes each parent folder once, before what is in it', () => {
    const archive = tar({ 'etc/a': 'A', 'etc/b': 'B' });
    const names = [0, 1, 3].map((block) => nameAt(archive, block));
    assert.equal(names, ['etc/', 'etc/a', 'etc/b']);
  });

  it('ends with two empty blocks and is a multiple of the block size', () => {
    const archive = tar({ a: 'A' });
    assert.is(archive.length, 4 * 512);
    assert.ok(archive.subarray(-1024).every((byte) => byte === 0));
  });

  it('keeps the mode of a file', () => {
    const archive = tar({ run: { content: '', mode: 0o755 } });
    assert.is(archive.toString('latin1', 100, 107), '0000755');
  });
});

testSuite('OCI image builder', (it) => {
  it('gives the same digest for the same files', () => {
    assert.is(layer({ a: 'A' }).digest, layer({ a: 'A' }).digest);
    assert.is.not(layer({ a: 'A' }).digest, layer({ a: 'B' }).digest);
  });

  it('lists the digests of the uncompressed layers in the config', () => {
    const { config, layers } = image({ layers: [layer({ a: 'A' }), layer({ b: 'B' })] });
    const uncompressed = layers.map((each) => digestOf(gunzipSync(each.bytes)));
    assert.equal(read(config).rootfs.diff_ids, uncompressed);
  });

  it('describes config and layers exactly in the manifest', () => {
    const { manifest, config, layers } = image({ layers: [layer({ a: 'A' })] });
    const document = read(manifest);
    assert.is(document.config.digest, digestOf(config.bytes));
    assert.is(document.config.size, config.bytes.length);
    assert.equal(
      document.layers.map((each) => each.digest),
      layers.map((each) => digestOf(each.bytes)),
    );
  });

  it('uses Docker media types when asked to', () => {
    const { manifest } = image({ layers: [layer({ a: 'A' })], format: 'docker' });
    const document = read(manifest);
    assert.is(manifest.mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
    assert.is(document.mediaType, manifest.mediaType);
    assert.is(document.config.mediaType, 'application/vnd.docker.container.image.v1+json');
    assert.is(document.layers[0]?.mediaType, 'application/vnd.docker.image.rootfs.diff.tar.gzip');
  });

  it('makes a random layer of the exact size that does not compress', () => {
    const { bytes } = randomLayer(100_000);
    assert.is(bytes.length, 100_000);
    assert.is(digestOf(bytes), randomLayer(100_000).digest);
    assert.is.not(digestOf(bytes), randomLayer(100_000, 2).digest);
  });
});

testSuite('OCI index builder', (it) => {
  const arm = image({ architecture: 'arm64', variant: 'v8' });

  it('takes the platform of each child from its image', () => {
    const [child] = read(index([{ image: arm }]).manifest).manifests;
    assert.equal(child?.platform, { architecture: 'arm64', os: 'linux', variant: 'v8' });
    assert.is(child?.digest, arm.manifest.digest);
  });

  it('is a manifest list in Docker format', () => {
    const { manifest } = index([{ image: arm }], { format: 'docker' });
    assert.is(manifest.mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
  });

  it('lists an attestation as a child of unknown platform that names its image', () => {
    const [, child] = read(index([{ image: arm }, attestation(arm)]).manifest).manifests;
    assert.equal(child?.platform, { architecture: 'unknown', os: 'unknown' });
    assert.is(child?.annotations?.['vnd.docker.reference.digest'], arm.manifest.digest);
  });

  it('makes an artifact that refers to another manifest', () => {
    const { manifest } = artifact({ artifactType: 'application/x.sbom', subject: arm.manifest });
    const document = read(manifest);
    assert.is(document.artifactType, 'application/x.sbom');
    assert.is(document.subject.digest, arm.manifest.digest);
  });
});
