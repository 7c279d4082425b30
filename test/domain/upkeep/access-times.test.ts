import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Digest } from '../../../src/domain/digest.ts';
import type { RepositoryName } from '../../../src/domain/repository-name.ts';
import { accessRecord, readAccessRecord } from '../../../src/domain/upkeep/access-record.ts';
import { AccessTimes, WRITTEN_EVERY_MS } from '../../../src/domain/upkeep/access-times.ts';
import { decodeUtf8, encodeUtf8 } from '../../../src/domain/utf8.ts';
import { digestNamed } from '../../support/bytes.ts';
import { ALPINE, BUSYBOX } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const A = digestNamed('a');
const B = digestNamed('b');
const C = digestNamed('c');
const NOW_MS = 1_000_000;

function record(times: Record<string, unknown>): Uint8Array {
  return encodeUtf8(JSON.stringify(times));
}

function read(bytes: Uint8Array | undefined): Record<string, number> {
  return Object.fromEntries(readAccessRecord(bytes, NOW_MS));
}

testSuite('a record of pulls', (it) => {
  it('is JSON that says a time for each digest', () => {
    const bytes = accessRecord([
      [A, 1],
      [B, 2],
    ]);
    assert.is(decodeUtf8(bytes), `{"${A}":1,"${B}":2}`);
    assert.equal(read(bytes), { [A]: 1, [B]: 2 });
  });

  const nothing: [what: string, bytes: Uint8Array | undefined][] = [
    ['is not there', undefined],
    ['is empty', new Uint8Array(0)],
    ['is cut off', record({ [A]: 1, [B]: 2 }).slice(0, 80)],
    ['is not text', Uint8Array.of(0xff, 0xfe)],
    ['is null', encodeUtf8('null')],
    ['is a number', encodeUtf8('17')],
    ['is a text', encodeUtf8('"sha256"')],
    ['is a list', encodeUtf8(`[["${A}", 1]]`)],
  ];
  for (const [what, bytes] of nothing) {
    it(`says nothing if it ${what}`, () => assert.equal(read(bytes), {}));
  }

  it('is read without the entries that are none', () => {
    const broken = { latest: 1, [B]: '2', [C]: -1, [digestNamed('d')]: null, ['__proto__']: 5 };
    assert.equal(read(record({ ...broken, [A]: 3 })), { [A]: 3 });
    assert.equal(read(encodeUtf8(`{"${A}":3,"${B}":1e999,"__proto__":{"${C}":1}}`)), { [A]: 3 });
  });

  it('is not believed about the future', () => {
    assert.equal(read(record({ [A]: NOW_MS + 1 })), { [A]: NOW_MS });
  });
});

testSuite('the times of pulls', (it) => {
  it('are those of the last pull of each manifest in each repository', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 1);
    times.pulled(ALPINE, A, 3);
    times.pulled(BUSYBOX, A, 2);
    assert.is(times.lastPullMs(ALPINE, A), 3);
    assert.is(times.lastPullMs(BUSYBOX, A), 2);
    assert.is(times.lastPullMs(ALPINE, B), undefined);
  });

  it('are written when they have been gathered for a minute, and not again before the next', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 100);
    times.pulled(BUSYBOX, A, 200);
    times.pulled(ALPINE, B, 99 + WRITTEN_EVERY_MS);
    assert.equal(times.due(99 + WRITTEN_EVERY_MS), []);
    assert.equal(times.due(100 + WRITTEN_EVERY_MS), [ALPINE]);
    times.merge(ALPINE, undefined, 100 + WRITTEN_EVERY_MS);
    assert.equal(times.due(200 + WRITTEN_EVERY_MS), [BUSYBOX]);
    times.merge(BUSYBOX, undefined, 200 + WRITTEN_EVERY_MS);
    assert.equal(times.due(10 * WRITTEN_EVERY_MS), []);
    times.pulled(ALPINE, A, 10 * WRITTEN_EVERY_MS);
    assert.equal(times.due(10 * WRITTEN_EVERY_MS), []);
    assert.equal(times.due(11 * WRITTEN_EVERY_MS), [ALPINE]);
  });

  it('are written as often as is wanted', () => {
    const times = new AccessTimes(10);
    times.pulled(ALPINE, A, 100);
    assert.equal([times.due(109), times.due(110)], [[], [ALPINE]]);
  });

  it('are written though the clock was set back', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 10 * WRITTEN_EVERY_MS);
    assert.equal(times.due(WRITTEN_EVERY_MS), [ALPINE]);
  });

  it('are written at the end, however few they are', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 100);
    times.pulled(BUSYBOX, A, 100);
    times.merge(ALPINE, undefined, 101);
    assert.equal(times.unwritten(), [BUSYBOX]);
  });

  it('are written once more if that failed, and if there was a pull meanwhile', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 100);
    times.merge(ALPINE, undefined, 200);
    assert.equal(times.unwritten(), []);
    times.keep(ALPINE, 300);
    times.keep(BUSYBOX, 300);
    assert.equal(times.unwritten(), [ALPINE]);
    assert.equal(times.due(300 + WRITTEN_EVERY_MS), [ALPINE]);
    times.merge(ALPINE, undefined, 400);
    times.pulled(ALPINE, A, 500);
    times.keep(ALPINE, 600);
    assert.equal(times.due(500 + WRITTEN_EVERY_MS), [ALPINE]);
  });

  it('are put together with what others wrote: of two times the later holds', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 100);
    times.pulled(ALPINE, B, 100);
    const merged = times.merge(ALPINE, record({ [A]: 200, [B]: 50, [C]: 7 }), 300);
    assert.equal(read(merged), { [A]: 200, [B]: 100, [C]: 7 });
    assert.is(times.lastPullMs(ALPINE, C), 7);
  });

  it('are learnt from records, which need not be written for that', () => {
    const times = new AccessTimes();
    times.learn(ALPINE, record({ [A]: 5 }), NOW_MS);
    times.learn(BUSYBOX, undefined, NOW_MS);
    assert.is(times.lastPullMs(ALPINE, A), 5);
    assert.equal(times.unwritten(), []);
  });

  it('are written again if the record says less than was written to it', () => {
    const times = new AccessTimes(10);
    times.pulled(ALPINE, A, 100);
    times.pulled(ALPINE, B, 100);
    times.merge(ALPINE, undefined, 100);
    times.learn(ALPINE, record({ [A]: 91, [B]: 100 }), 200);
    assert.equal(times.unwritten(), []);
    times.learn(ALPINE, record({ [A]: 90, [B]: 100 }), 200);
    assert.equal(times.unwritten(), [ALPINE]);
  });

  it('tell all that is known', () => {
    const times = new AccessTimes();
    times.pulled(ALPINE, A, 100);
    times.learnPull(BUSYBOX, B, 5);
    assert.equal(
      [...times.all()],
      [
        [ALPINE, A, 100],
        [BUSYBOX, B, 5],
      ],
    );
  });

  it('are forgotten with their manifests, and do not come back out of the record', () => {
    const times = new AccessTimes();
    times.learn(ALPINE, record({ [A]: 5, [B]: 6 }), NOW_MS);
    times.forget(ALPINE, A, 100);
    assert.is(times.lastPullMs(ALPINE, A), undefined);
    assert.equal(times.unwritten(), [ALPINE]);
    assert.equal(read(times.merge(ALPINE, record({ [A]: 5, [B]: 6 }), 200)), { [B]: 6 });
    times.pulled(ALPINE, A, 300);
    assert.equal(read(times.merge(ALPINE, record({ [A]: 250, [B]: 6 }), 400)), {
      [A]: 300,
      [B]: 6,
    });
    times.learn(ALPINE, record({ [A]: 500 }), NOW_MS);
    assert.is(times.lastPullMs(ALPINE, A), 500, 'another process has pulled it again');
  });

  it('need no record any more when nothing is left of them', () => {
    const times = new AccessTimes();
    times.forget(ALPINE, A, 100);
    assert.is(times.merge(ALPINE, record({ [A]: 5 }), 200), undefined);
    assert.is(times.merge(BUSYBOX, undefined, 200), undefined);
    assert.equal(times.unwritten(), []);
  });

  it('are known to all in the end, whoever wrote last', () => {
    fc.assert(fc.property(fc.array(STEP, { maxLength: 40 }), convergeAtLast));
  });
});

interface Step {
  readonly process: number;
  readonly manifest: Digest;
  readonly writes: boolean;
  readonly fails: boolean;
}

const STEP: fc.Arbitrary<Step> = fc.record({
  process: fc.nat(2),
  manifest: fc.constantFrom(A, B, C),
  writes: fc.boolean(),
  fails: fc.boolean(),
});

/** Three processes pull and write in turn; each writes at its end, what it has left to. */
function convergeAtLast(steps: readonly Step[]): void {
  const processes = [new AccessTimes(), new AccessTimes(), new AccessTimes()];
  const latest = new Map<Digest, number>();
  let stored: Uint8Array | undefined;
  for (const [now, { process, manifest, writes, fails }] of steps.entries()) {
    const times = processes[process] as AccessTimes;
    times.pulled(ALPINE, manifest, now);
    latest.set(manifest, now);
    if (!writes) continue;
    const merged = times.merge(ALPINE, stored, now);
    if (fails) times.keep(ALPINE, now);
    else stored = merged;
  }
  const write = (times: AccessTimes, repository: RepositoryName): void => {
    stored = times.merge(repository, stored, NOW_MS);
  };
  for (const times of processes) {
    for (const repository of times.unwritten()) write(times, repository);
  }
  assert.equal(read(stored), Object.fromEntries(latest));
}
