import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import {
  BlobUnknown,
  ManifestUnknown,
  NameUnknown,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { MirroredUpstream } from '../../../src/domain/upstream/mirrored-upstream.ts';
import { digestNamed } from '../../support/bytes.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { imageNamed } from '../../support/manifest-pulls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MapCache } from '../../support/map-cache.ts';
import { ALPINE, ref } from '../../support/pull-parts.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const OLD = imageNamed('old');
const NEW = imageNamed('new');
const OLD_DIGEST = parseDigest(OLD.manifest.digest);
const NEW_DIGEST = parseDigest(NEW.manifest.digest);
const LAYER = parseDigest(NEW.layers[0]?.digest ?? '');
const DOWN = new UpstreamUnreachable('no route');
const ALL = { limit: undefined, last: undefined };

interface Rig {
  readonly origin: FakeUpstream;
  readonly first: FakeUpstream;
  readonly second: FakeUpstream;
  readonly mirrored: MirroredUpstream;
  /** How many questions each has had. */
  arrivals: () => number[];
}

/** The origin has the new image; the second mirror too, but still tags the old one; the first nothing. */
function rig(): Rig {
  const clock = new ManualClock();
  const [origin, first, second] = [1, 2, 3].map(() => new FakeUpstream(clock)) as [
    FakeUpstream,
    FakeUpstream,
    FakeUpstream,
  ];
  origin.push(ALPINE, NEW, '3.20');
  second.push(ALPINE, OLD, '3.20');
  second.push(ALPINE, NEW);
  const all = [origin, first, second];
  return {
    origin,
    first,
    second,
    mirrored: new MirroredUpstream(origin, [first, second], new MapCache()),
    arrivals: () => all.map((upstream) => upstream.arrivals.length),
  };
}

testSuite('an upstream with mirrors', (it) => {
  it('is asked for content by digest last, after the mirrors in their order', async () => {
    const { mirrored, arrivals } = rig();
    await mirrored.fetchManifest(ALPINE, NEW_DIGEST);
    assert.equal(arrivals(), [0, 1, 1]);
    await mirrored.resolve(ALPINE, ref(NEW_DIGEST));
    await mirrored.statBlob(ALPINE, LAYER);
    (await mirrored.fetchBlob(ALPINE, LAYER, 0)).cancel();
    assert.equal(arrivals(), [0, 4, 4]);
  });

  it('has the last word on content by digest', async () => {
    const { origin, second, mirrored } = rig();
    second.outage = DOWN;
    await mirrored.fetchManifest(ALPINE, NEW_DIGEST);
    await rejects(mirrored.fetchManifest(ALPINE, OLD_DIGEST), ManifestUnknown);
    await rejects(mirrored.statBlob(ALPINE, digestNamed('other')), BlobUnknown);
    assert.is(origin.arrivals.length, 3);
  });

  it('says itself what a tag stands for, and which tags there are', async () => {
    const { mirrored, arrivals } = rig();
    assert.is((await mirrored.resolve(ALPINE, ref('3.20'))).digest, NEW_DIGEST);
    assert.equal((await mirrored.listTags(ALPINE, ALL)).tags, ['3.20']);
    await mirrored.listReferrers(ALPINE, NEW_DIGEST);
    assert.equal(arrivals(), [3, 0, 0]);
  });

  it('lets the mirrors say what a tag stands for when it fails', async () => {
    const { origin, mirrored } = rig();
    origin.outage = DOWN;
    assert.is((await mirrored.resolve(ALPINE, ref('3.20'))).digest, OLD_DIGEST);
  });

  it('is believed when it says that there is no such tag', async () => {
    const { second, mirrored, arrivals } = rig();
    second.push(ALPINE, OLD, '4');
    await rejects(mirrored.resolve(ALPINE, ref('4')), ManifestUnknown);
    assert.equal(arrivals(), [1, 0, 0]);
  });

  it('tells its own failure when no mirror can help', async () => {
    const { origin, first, second, mirrored } = rig();
    origin.outage = DOWN;
    first.outage = new NameUnknown('no');
    second.outage = new UpstreamUnreachable('no route either');
    assert.is(await rejects(mirrored.resolve(ALPINE, ref('3.20')), UpstreamUnreachable), DOWN);
  });

  it('is asked itself for what came wrong, and its mirrors for all else', async () => {
    const { mirrored, arrivals } = rig();
    await mirrored.fetchManifest(ALPINE, NEW_DIGEST);
    assert.ok(mirrored.distrust(NEW_DIGEST));
    await mirrored.fetchManifest(ALPINE, NEW_DIGEST);
    assert.equal(arrivals(), [1, 1, 1]);
    assert.not.ok(mirrored.distrust(NEW_DIGEST));
    await mirrored.fetchManifest(ALPINE, OLD_DIGEST);
    assert.equal(arrivals(), [1, 2, 2]);
  });

  it('can be reached when a mirror cannot, and not when it cannot itself', async () => {
    const { mirrored, origin, second } = rig();
    second.outage = DOWN;
    await mirrored.probe();
    origin.outage = DOWN;
    await rejects(mirrored.probe(), UpstreamUnreachable);
  });
});
