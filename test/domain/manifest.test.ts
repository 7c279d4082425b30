import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { parseDigest } from '../../src/domain/digest.ts';
import { ManifestInvalid } from '../../src/domain/errors.ts';
import { type Manifest, parseManifest } from '../../src/domain/manifest.ts';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  isIndexType,
  MANIFEST_TYPES,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../src/domain/media-type.ts';
import { digestNamed } from '../support/bytes.ts';
import { artifact, attestation } from '../support/oci-artifact.ts';
import type { Content } from '../support/oci-content.ts';
import { image, index, layer } from '../support/oci-image.ts';
import { testSuite } from '../support/suite.ts';

const DIGEST = digestNamed('manifest');
const BLOB = { mediaType: 'application/x.blob', digest: digestNamed('blob'), size: 7 };
const CHILD = { mediaType: OCI_MANIFEST, digest: digestNamed('child'), size: 9 };

function parse(json: unknown, mediaType?: string): Manifest {
  return parseManifest(DIGEST, Buffer.from(JSON.stringify(json)), mediaType);
}

function read({ bytes, digest, mediaType }: Content): Manifest {
  return parseManifest(parseDigest(digest), bytes, mediaType);
}

/** The same without its media type, as the storage of the CNCF registry has it. */
function nameless({ bytes }: Content): Manifest {
  const { mediaType: _, ...rest } = JSON.parse(Buffer.from(bytes).toString());
  return parse(rest);
}

testSuite('a manifest', (it) => {
  for (const format of ['oci', 'docker'] as const) {
    const one = image({ layers: [layer({ a: 'A' }), layer({ b: 'B' })], format });
    const several = index([{ image: one }], { format });
    const [imageType, indexType] =
      format === 'oci' ? [OCI_MANIFEST, OCI_INDEX] : [DOCKER_MANIFEST, DOCKER_LIST];

    it(`of an image (${format}) names its config and its layers`, () => {
      const { descriptor, blobs, children, bytes } = read(one.manifest);
      assert.is(descriptor.mediaType, imageType);
      assert.is(descriptor.digest, one.manifest.digest);
      assert.is(descriptor.size, one.manifest.bytes.byteLength);
      assert.is(bytes, one.manifest.bytes);
      assert.equal(
        blobs.map(({ digest, size }) => [digest, size]),
        [one.config, ...one.layers].map((blob) => [blob.digest, blob.bytes.byteLength]),
      );
      assert.equal(children, []);
    });

    it(`of an index (${format}) names its children`, () => {
      const { descriptor, blobs, children } = read(several.manifest);
      assert.is(descriptor.mediaType, indexType);
      assert.equal(
        children.map(({ digest, size, mediaType }) => [digest, size, mediaType]),
        [[one.manifest.digest, one.manifest.bytes.byteLength, imageType]],
      );
      assert.equal(blobs, []);
    });

    it(`that does not name its type is guessed (${format})`, () => {
      assert.is(nameless(one.manifest).descriptor.mediaType, imageType);
      assert.is(nameless(several.manifest).descriptor.mediaType, indexType);
      assert.is(nameless(several.manifest).children.length, 1);
    });
  }

  it('is of the type that it names itself, else of the one that the upstream named', () => {
    const json = { config: BLOB, layers: [] };
    const own = parse({ ...json, mediaType: DOCKER_MANIFEST }, OCI_MANIFEST);
    assert.is(own.descriptor.mediaType, DOCKER_MANIFEST);
    assert.is(parse(json, DOCKER_MANIFEST).descriptor.mediaType, DOCKER_MANIFEST);
    assert.is(parse({ ...json, mediaType: 3 }).descriptor.mediaType, OCI_MANIFEST);
    assert.is(parse({ manifests: [] }).descriptor.mediaType, OCI_INDEX);
    assert.is(parse({}).descriptor.mediaType, OCI_MANIFEST);
  });

  it('may refer to another, with a type and annotations of its own', () => {
    const subject = image().manifest;
    const annotations = { made: 'by us' };
    const sbom = artifact({ artifactType: 'application/x.sbom', subject, annotations });
    const parsed = read(sbom.manifest);
    assert.is(parsed.subject?.digest, subject.digest);
    assert.is(parsed.artifactType, 'application/x.sbom');
    assert.equal(parsed.annotations, annotations);
  });

  it('has the type of its config as artifact type where it names none', () => {
    assert.is(parse({ config: BLOB, layers: [] }).artifactType, BLOB.mediaType);
  });

  it('keeps what an index says about its children', () => {
    const child = { ...CHILD, artifactType: 'application/x.sbom', annotations: { a: 'b', c: 3 } };
    const [parsed] = parse({ manifests: [child] }).children;
    assert.is(parsed?.artifactType, 'application/x.sbom');
    assert.equal(parsed?.annotations, { a: 'b' });
    const one = image();
    const [, about] = read(index([{ image: one }, attestation(one)]).manifest).children;
    assert.is(about?.annotations?.['vnd.docker.reference.digest'], one.manifest.digest);
  });

  it('is an image or an index, and never lists the blobs of the one as the other', () => {
    const both = { config: BLOB, layers: [BLOB], manifests: [CHILD] };
    const asIndex = parse({ ...both, mediaType: OCI_INDEX });
    assert.equal(asIndex.children, [CHILD]);
    assert.equal(asIndex.blobs, []);
    const asImage = parse({ ...both, mediaType: OCI_MANIFEST });
    assert.equal(asImage.children, []);
    assert.equal(asImage.blobs, [BLOB, BLOB]);
  });

  const junk: [what: string, descriptor: unknown][] = [
    ['nothing', null],
    ['a list', []],
    ['a text', 'sha256:…'],
    ['without a digest', { size: 1 }],
    ['with a malformed digest', { ...BLOB, digest: 'sha256:abc' }],
    ['without a size', { digest: BLOB.digest }],
    ['with a negative size', { ...BLOB, size: -1 }],
    ['with half a byte', { ...BLOB, size: 0.5 }],
    ['with a size in words', { ...BLOB, size: '7' }],
    ['with a size beyond numbers', { ...BLOB, size: 2 ** 60 }],
  ];
  for (const [what, descriptor] of junk) {
    it(`passes over a descriptor that is ${what}`, () => {
      const parsed = parse({ config: descriptor, layers: [descriptor, BLOB], subject: descriptor });
      assert.equal(parsed.blobs, [BLOB]);
      assert.is(parsed.subject, undefined);
      assert.equal(parse({ manifests: [descriptor, CHILD] }).children, [CHILD]);
    });
  }

  it('takes a descriptor without a type for one of bytes', () => {
    const { mediaType: _, ...rest } = BLOB;
    assert.is(parse({ layers: [rest] }).blobs[0]?.mediaType, 'application/octet-stream');
  });

  for (const text of ['', ' ', '{', '[]', 'null', '3', '"a"', '<html>', '[[[[', '['.repeat(1e5)]) {
    it(`is not ${JSON.stringify(text.slice(0, 10))}`, () => {
      assert.throws(
        () => parseManifest(DIGEST, Buffer.from(text)),
        (error: unknown) => error instanceof ManifestInvalid,
      );
    });
  }

  it('is not bytes that are no text', () => {
    assert.throws(
      () => parseManifest(DIGEST, Uint8Array.of(0x7b, 0xff, 0x7d)),
      (error: unknown) => error instanceof ManifestInvalid,
    );
  });

  it('is either read or refused, whatever JSON it is', () => {
    const keys = fc.constantFrom(
      'config',
      'layers',
      'manifests',
      'subject',
      'mediaType',
      '__proto__',
    );
    const value = fc.oneof(fc.jsonValue(), fc.constant([BLOB]), fc.constant({ ...CHILD }));
    fc.assert(
      fc.property(fc.dictionary(keys, value), (json) => {
        const { blobs, children } = parse(json);
        for (const { size } of [...blobs, ...children]) assert.ok(Number.isSafeInteger(size));
      }),
    );
  });
});

testSuite('media types', (it) => {
  it('tell indexes from images', () => {
    const indexes = MANIFEST_TYPES.filter((type) => isIndexType(type));
    assert.equal([...indexes].sort(), [DOCKER_LIST, OCI_INDEX].sort());
  });
});
