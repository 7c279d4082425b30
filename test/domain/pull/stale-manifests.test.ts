import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import {
  Denied,
  ManifestUnknown,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { whileTimePasses } from '../../support/blob-pulls.ts';
import { asked, get, imageNamed, linkOf } from '../../support/manifest-pulls.ts';
import {
  ALPINE,
  type PullOptions,
  type PullParts,
  pullParts,
  ref,
  world,
} from '../../support/pull-parts.ts';
import { pass } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const OLD = imageNamed('old');
const NEW = imageNamed('new');
const OLD_DIGEST = parseDigest(OLD.manifest.digest);
const NEW_DIGEST = parseDigest(NEW.manifest.digest);
const DOWN = new UpstreamUnreachable('no route');
const MINUTE = 60_000;

/** A mirror that has pulled the old image just now. */
async function afterPull(options: PullOptions = {}): Promise<PullParts> {
  const parts = pullParts(options);
  parts.upstream.push(ALPINE, OLD, '3.20');
  await get(parts, '3.20');
  return parts;
}

testSuite('a tag when the upstream fails', (it) => {
  const failures = [
    DOWN,
    new UpstreamTimeout('too slow'),
    new UpstreamBadAnswer('HTML'),
    new TooManyRequests('later', 60),
  ];
  for (const failure of failures) {
    it(`is what was last known, after ${failure.name}`, async () => {
      const parts = await afterPull();
      parts.upstream.outage = failure;
      await pass(parts.clock, 5 * MINUTE);
      const served = await get(parts, '3.20');
      assert.is(served.source, 'stale');
      assert.is(served.ageMs, 5 * MINUTE);
      assert.is(served.descriptor.digest, OLD_DIGEST);
      const [event] = parts.events.of('tag-stale');
      assert.is(event?.cause, failure);
    });
  }

  it('is what was last known for a HEAD, too', async () => {
    const parts = await afterPull();
    parts.upstream.outage = DOWN;
    const resolved = await parts.pullManifest.resolve(ALPINE, ref('3.20'));
    assert.is(resolved.source, 'stale');
    assert.is(resolved.descriptor.digest, OLD_DIGEST);
  });

  it('is what was last known once the check has had its time', async () => {
    const parts = await afterPull();
    parts.upstream.delay('resolve', 60_000);
    const pulling = get(parts, '3.20');
    const started = parts.clock.now();
    assert.is((await whileTimePasses(parts, pulling)).source, 'stale');
    assert.is(parts.clock.now() - started, 3000);
  });

  it('waits for the check where nothing is known', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    parts.upstream.delay('resolve', 60_000);
    assert.is((await whileTimePasses(parts, get(parts, '3.20'))).source, 'miss');
  });

  it('fails where nothing is known', async () => {
    const parts = pullParts();
    parts.upstream.outage = DOWN;
    assert.is(await rejects(get(parts, '3.20'), UpstreamFailure), DOWN);
  });

  it('fails when it is refused, which is an answer', async () => {
    const parts = await afterPull();
    parts.upstream.outage = new Denied('no more');
    await rejects(get(parts, '3.20'), Denied);
  });

  it('is served after a restart, with the age that it had', async () => {
    const same = world();
    same.upstream.push(ALPINE, OLD, '3.20');
    await get(pullParts({}, same), '3.20');
    same.upstream.outage = DOWN;
    same.clock.advance(MINUTE);
    const served = await get(pullParts({}, same), '3.20');
    assert.is(served.source, 'stale');
    assert.is(served.ageMs, MINUTE);
  });

  it('is served after a restart, though it was checked often: its age is at most a minute more', async () => {
    const same = world();
    same.upstream.push(ALPINE, OLD, '3.20');
    const parts = pullParts({}, same);
    for (let pull = 0; pull < 20; pull++) {
      await get(parts, '3.20');
      same.clock.advance(10_000);
    }
    same.upstream.outage = DOWN;
    const { ageMs = 0 } = await get(pullParts({}, same), '3.20');
    assert.ok(ageMs >= 10_000 && ageMs <= 70_000, `${ageMs}`);
  });

  it('is served by a cache that another registry has filled, of unknown age', async () => {
    const same = world();
    same.upstream.push(ALPINE, OLD, '3.20');
    await get(pullParts({}, same), '3.20');
    await same.storage.records.delete(`kagami/tags/${ALPINE}/_checks/3.20`);
    same.upstream.outage = DOWN;
    const served = await get(pullParts({}, same), '3.20');
    assert.is(served.source, 'stale');
    assert.is(served.ageMs, undefined);
  });

  it('is served from memory when nothing could be stored', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    for (const operation of ['stage', 'put'] as const) parts.storage.broken.add(operation);
    await get(parts, '3.20');
    parts.upstream.outage = DOWN;
    assert.is((await get(parts, '3.20')).source, 'stale');
  });

  it('is stored after all once the storage works again', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    parts.storage.broken.add('append');
    await get(parts, '3.20');
    assert.is(await linkOf(parts, '3.20'), undefined);
    assert.is(parts.events.of('not-stored').length, 1);
    parts.storage.broken.clear();
    await get(parts, '3.20');
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
    assert.equal(asked(parts), { heads: 2, gets: 1 });
  });

  it('is served when the storage cannot be read, from the upstream', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, OLD, '3.20');
    for (const operation of ['get', 'open', 'stat'] as const) parts.storage.broken.add(operation);
    assert.is((await get(parts, '3.20')).source, 'miss');
    assert.ok(parts.events.of('unreadable').length > 0);
  });
});

testSuite('a tag that moved to a manifest that cannot be had', (it) => {
  it('is the old one, with its age', async () => {
    const parts = await afterPull();
    parts.upstream.push(ALPINE, NEW, '3.20');
    parts.upstream.fail('fetchManifest', DOWN);
    await pass(parts.clock, MINUTE);
    const served = await get(parts, '3.20');
    assert.is(served.source, 'stale');
    assert.is(served.descriptor.digest, OLD_DIGEST);
    assert.is(served.ageMs, MINUTE);
    assert.is(await linkOf(parts, '3.20'), OLD_DIGEST);
  });

  it('is the old one when the new one comes with wrong bytes', async () => {
    const parts = await afterPull();
    parts.upstream.push(ALPINE, NEW, '3.20');
    parts.upstream.pushManifest(ALPINE, { ...OLD.manifest, digest: NEW_DIGEST });
    assert.is((await get(parts, '3.20')).descriptor.digest, OLD_DIGEST);
  });

  it('is the new one as soon as that comes', async () => {
    const parts = await afterPull();
    parts.upstream.push(ALPINE, NEW, '3.20');
    parts.upstream.fail('fetchManifest', DOWN);
    await get(parts, '3.20');
    parts.upstream.fail('fetchManifest');
    assert.is((await get(parts, '3.20')).descriptor.digest, NEW_DIGEST);
  });
});

testSuite('a tag with a freshness policy', (it) => {
  it('is not asked about within max-age, and is after it', async () => {
    const parts = await afterPull({ policy: { maxAgeMs: MINUTE } });
    await pass(parts.clock, MINUTE - 1);
    assert.is((await get(parts, '3.20')).source, 'hit');
    assert.equal(asked(parts), { heads: 1, gets: 1 });
    await pass(parts.clock, 1);
    await get(parts, '3.20');
    assert.equal(asked(parts), { heads: 2, gets: 1 });
  });

  it('is asked about on each pull by default, even if the clock was set back', async () => {
    const same = world();
    same.upstream.push(ALPINE, OLD, '3.20');
    same.clock.advance(MINUTE);
    await get(pullParts({}, same), '3.20');
    const { clock } = world();
    const parts = pullParts({}, { ...same, clock });
    await get(parts, '3.20');
    assert.equal(asked(parts), { heads: 2, gets: 1 });
  });

  it('is asked about behind the answer within stale-while-revalidate', async () => {
    const policy = { maxAgeMs: MINUTE, staleWhileRevalidateMs: MINUTE };
    const parts = await afterPull({ policy });
    parts.upstream.push(ALPINE, NEW, '3.20');
    await pass(parts.clock, MINUTE);
    assert.is((await get(parts, '3.20')).descriptor.digest, OLD_DIGEST);
    assert.is((await get(parts, '3.20')).descriptor.digest, NEW_DIGEST);
    assert.equal(asked(parts), { heads: 2, gets: 2 });
  });

  it('tells when the check behind the answer fails', async () => {
    const parts = await afterPull({ policy: { staleWhileRevalidateMs: MINUTE } });
    parts.upstream.outage = DOWN;
    assert.is((await get(parts, '3.20')).source, 'hit');
    assert.is(parts.events.of('not-revalidated')[0]?.cause, DOWN);
    assert.is(parts.events.of('tag-stale').length, 0);
  });

  it('is never asked about again if it is immutable', async () => {
    const parts = await afterPull({ policy: { immutable: true } });
    await pass(parts.clock, 1e12);
    await get(parts, '3.20');
    assert.equal(asked(parts), { heads: 1, gets: 1 });
  });

  it('is not served in an outage beyond stale-if-error', async () => {
    const parts = await afterPull({ policy: { staleIfErrorMs: MINUTE } });
    parts.upstream.outage = DOWN;
    await pass(parts.clock, MINUTE);
    assert.is((await get(parts, '3.20')).source, 'stale');
    await pass(parts.clock, 1);
    await rejects(get(parts, '3.20'), UpstreamUnreachable);
    await rejects(parts.pullManifest.resolve(ALPINE, ref('3.20')), UpstreamUnreachable);
  });

  it('that is gone is forgotten by the check behind the answer', async () => {
    const parts = await afterPull({ policy: { staleWhileRevalidateMs: MINUTE } });
    parts.upstream.deleteTag(ALPINE, '3.20');
    await get(parts, '3.20');
    await rejects(get(parts, '3.20'), ManifestUnknown);
  });
});
