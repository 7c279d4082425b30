import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import {
  BlobUnknown,
  Denied,
  ManifestUnknown,
  NameUnknown,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { Absences } from '../../../src/domain/upstream/absences.ts';
import { digestNamed } from '../../support/bytes.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { imageNamed } from '../../support/manifest-pulls.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MapCache } from '../../support/map-cache.ts';
import { ALPINE, BUSYBOX, ref } from '../../support/pull-parts.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const TTL_MS = 10_000;
const IMAGE = imageNamed('image');
const OTHER = digestNamed('other');
const ALL = { limit: undefined, last: undefined };

interface Rig {
  readonly clock: ManualClock;
  readonly upstream: FakeUpstream;
  readonly absences: Absences;
}

function rig(ttlMs: number = TTL_MS): Rig {
  const clock = new ManualClock();
  const upstream = new FakeUpstream(clock);
  upstream.push(ALPINE, IMAGE, '3.20');
  return { clock, upstream, absences: new Absences(upstream, new MapCache(), clock, ttlMs) };
}

testSuite('what the upstream does not have', (it) => {
  const questions: [
    what: string,
    ask: (absences: Absences) => Promise<unknown>,
    error: new (...args: never[]) => Error,
  ][] = [
    ['a tag', (of) => of.resolve(ALPINE, ref('4')), ManifestUnknown],
    ['a manifest', (of) => of.fetchManifest(ALPINE, OTHER), ManifestUnknown],
    ['a blob', (of) => of.fetchBlob(ALPINE, OTHER, 0), BlobUnknown],
    ['the size of a blob', (of) => of.statBlob(ALPINE, OTHER), BlobUnknown],
    ['a list of tags', (of) => of.listTags(BUSYBOX, ALL), NameUnknown],
    ['a repository', (of) => of.resolve(BUSYBOX, ref('4')), NameUnknown],
  ];
  for (const [what, ask, Type] of questions) {
    it(`is asked for once in its time: ${what}`, async () => {
      const { clock, upstream, absences } = rig();
      await rejects(ask(absences), Type);
      clock.advance(TTL_MS - 1);
      await rejects(ask(absences), Type);
      assert.is(upstream.arrivals.length, 1);
      clock.advance(1);
      await rejects(ask(absences), Type);
      assert.is(upstream.arrivals.length, 2);
    });
  }

  it('does not stand for anything else in the repository, or elsewhere', async () => {
    const { upstream, absences } = rig();
    upstream.push(BUSYBOX, IMAGE, '4');
    await rejects(absences.resolve(ALPINE, ref('4')), ManifestUnknown);
    await absences.resolve(ALPINE, ref('3.20'));
    await absences.resolve(BUSYBOX, ref('4'));
    await absences.listTags(ALPINE, ALL);
    assert.is(upstream.arrivals.length, 4);
  });

  it('is a manifest of a digest, and not the blob of the same digest', async () => {
    const { absences } = rig();
    const config = parseDigest(IMAGE.config.digest);
    await rejects(absences.fetchManifest(ALPINE, config), ManifestUnknown);
    assert.is(await absences.statBlob(ALPINE, config), IMAGE.config.bytes.byteLength);
  });

  it('is all of a repository that is not there', async () => {
    const { upstream, absences } = rig();
    await rejects(absences.resolve(BUSYBOX, ref('4')), NameUnknown);
    await rejects(absences.resolve(BUSYBOX, ref('5')), NameUnknown);
    await rejects(absences.fetchBlob(BUSYBOX, OTHER, 0), NameUnknown);
    assert.is(upstream.arrivals.length, 1);
  });

  it('is not what it refuses, or fails to answer', async () => {
    const { upstream, absences } = rig();
    for (const error of [new Denied('no'), new UpstreamUnreachable('no route')]) {
      upstream.outage = error;
      await rejects(absences.resolve(ALPINE, ref('3.20')), Error);
    }
    upstream.outage = undefined;
    await absences.resolve(ALPINE, ref('3.20'));
    assert.is(upstream.arrivals.length, 3);
  });

  it('is asked for each time without a time to live', async () => {
    const { upstream, absences } = rig(0);
    for (let time = 0; time < 2; time++) {
      await rejects(absences.resolve(ALPINE, ref('4')), ManifestUnknown);
    }
    assert.is(upstream.arrivals.length, 2);
  });

  it('is asked for again when the clock was set back', async () => {
    const clock = new ManualClock();
    const upstream = new FakeUpstream(clock);
    upstream.push(ALPINE, IMAGE);
    const cache = new MapCache<never>();
    await rejects(
      new Absences(upstream, cache, clock, TTL_MS).resolve(ALPINE, ref('4')),
      ManifestUnknown,
    );
    upstream.push(ALPINE, IMAGE, '4');
    const earlier = new ManualClock(clock.now() - 3_600_000);
    await new Absences(upstream, cache, earlier, TTL_MS).resolve(ALPINE, ref('4'));
  });

  it('leaves referrers alone: that there are none is an answer', async () => {
    const { upstream, absences } = rig();
    for (let time = 0; time < 2; time++) {
      assert.is(await absences.listReferrers(ALPINE, OTHER), undefined);
    }
    assert.is(upstream.arrivals.length, 2);
  });
});
