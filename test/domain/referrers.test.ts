import * as assert from 'uvu/assert';
import { parseDigest } from '../../src/domain/digest.ts';
import { isTag } from '../../src/domain/reference.ts';
import { fallbackTag, ofArtifactType } from '../../src/domain/referrers.ts';
import { digestNamed } from '../support/bytes.ts';
import { testSuite } from '../support/suite.ts';

testSuite('referrers', (it) => {
  it('are under a tag made of the digest where there is no API for them', () => {
    const hex = '0a'.repeat(32);
    assert.is(fallbackTag(parseDigest(`sha256:${hex}`)), `sha256-${hex}`);
    const long = fallbackTag(parseDigest(`sha512:${hex}${'1b'.repeat(32)}`));
    assert.is(long, `sha512-${hex}`, 'cut to 64 characters');
    assert.ok(isTag(long));
  });

  it('are all of them, or those of one type', () => {
    const plain = { mediaType: 'm', digest: digestNamed('a'), size: 1 };
    const sbom = { ...plain, artifactType: 'application/x.sbom' };
    assert.equal(ofArtifactType([plain, sbom], undefined), [plain, sbom]);
    assert.equal(ofArtifactType([plain, sbom], 'application/x.sbom'), [sbom]);
    assert.equal(ofArtifactType([plain, sbom], 'application/x.other'), []);
  });
});
