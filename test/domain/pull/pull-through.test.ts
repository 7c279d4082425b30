import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import type { Mirror } from '../../../src/domain/ports/mirror.ts';
import { ListReferrers } from '../../../src/domain/pull/list-referrers.ts';
import { ListRepositories } from '../../../src/domain/pull/list-repositories.ts';
import { ListTags } from '../../../src/domain/pull/list-tags.ts';
import { PullThrough } from '../../../src/domain/pull/pull-through.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { MapCache } from '../../support/map-cache.ts';
import { image, index, layer } from '../../support/oci-image.ts';
import { ALPINE, ref } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';
import { type UpkeepParts, upkeepParts } from '../../support/upkeep-parts.ts';

const ONE = image({ layers: [layer({ a: 'A' }), layer({ b: 'B' })] });
const OTHER = image({ layers: [layer({ c: 'C' })], architecture: 'arm64' });
const MULTI = index([{ image: ONE }, { image: OTHER }]);

function mirrorOf(parts: UpkeepParts): Mirror {
  const { upstream, pullManifest, pullBlob, tags, links, deleteManifest } = parts;
  return new PullThrough({
    pullManifest,
    pullBlob,
    listTags: new ListTags(upstream, tags),
    listReferrers: new ListReferrers({ upstream, pullManifest, latest: new MapCache() }),
    listRepositories: new ListRepositories(links),
    deleteManifest,
  });
}

/** Pulls as a client does: the tag, the manifest for its platform, and what that lists. */
async function pullImage(mirror: Mirror): Promise<void> {
  const { manifest: list } = await mirror.getManifest(ALPINE, ref('3.20'));
  const child = list.children[0]?.digest ?? '';
  const { manifest } = await mirror.getManifest(ALPINE, ref(child));
  const bodies = manifest.blobs.map(async ({ digest }) => {
    const { reader } = await mirror.openBlob(ALPINE, digest);
    return readAll(reader);
  });
  const expected = [ONE.config, ...ONE.layers];
  for (const [at, body] of (await Promise.all(bodies)).entries()) {
    assert.ok(sameBytes(body, expected[at]?.bytes ?? new Uint8Array(0)));
  }
}

testSuite('a pull through the mirror', (it) => {
  it('costs one HEAD, two manifests and each blob once, and then one HEAD', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, MULTI, '3.20');
    const mirror = mirrorOf(parts);
    const counts = (): number[] =>
      (['resolve', 'fetchManifest', 'fetchBlob', 'statBlob'] as const).map((method) =>
        parts.upstream.count(method),
      );
    await pullImage(mirror);
    await parts.background.idle();
    assert.equal(counts(), [1, 2, 3, 0]);
    await pullImage(mirror);
    assert.equal(counts(), [2, 2, 3, 0]);
  });

  it('leaves what the mirror can tell without it', async () => {
    const parts = upkeepParts();
    parts.upstream.push(ALPINE, MULTI, '3.20');
    const mirror = mirrorOf(parts);
    await pullImage(mirror);
    await parts.background.idle();
    const all = { limit: undefined, last: undefined };
    assert.equal((await mirror.listRepositories(all)).repositories, [ALPINE]);
    assert.equal((await mirror.listTags(ALPINE, all)).tags, ['3.20']);
    const digest = parseDigest(ONE.config.digest);
    assert.is(await mirror.statBlob(ALPINE, digest), ONE.config.bytes.byteLength);
    assert.equal(await mirror.listReferrers(ALPINE, digest), []);
    const { descriptor } = await mirror.resolveManifest(ALPINE, ref('3.20'));
    assert.is(descriptor.digest, MULTI.manifest.digest);
  });
});
