import * as assert from 'uvu/assert';
import { AccessTimes } from '../../../src/domain/upkeep/access-times.ts';
import { learnFirstFetches } from '../../../src/domain/upkeep/first-fetches.ts';
import { digestNamed } from '../../support/bytes.ts';
import { ALPINE } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';
import { TroubledStorage } from '../../support/troubled-storage.ts';

const DAY_MS = 24 * 3_600_000;
const A = digestNamed('a');
const B = digestNamed('b');
const KEY = `${ALPINE}@${A}`;
const EXPIRES = '2026-03-08T01:02:03.123456789Z';
const ENTRY = { Key: KEY, ExpiryData: EXPIRES, EntryType: 1 };

async function learnt(state: string | object | undefined, ttlMs = 0): Promise<unknown[]> {
  const { records } = new TroubledStorage();
  const text = typeof state === 'object' ? JSON.stringify(state) : state;
  if (text !== undefined) await records.put('scheduler-state.json', Buffer.from(text));
  const times = new AccessTimes();
  await learnFirstFetches(records, times, ttlMs);
  return [...times.all()];
}

testSuite('what a registry has left behind', (it) => {
  it('tells when manifests were first fetched: a week before they expire, unless told', async () => {
    const expiresMs = Date.parse('2026-03-08T01:02:03.123Z');
    assert.equal(await learnt({ [KEY]: ENTRY }), [[ALPINE, A, expiresMs - 7 * DAY_MS]]);
    assert.equal(await learnt({ [KEY]: ENTRY }, DAY_MS), [[ALPINE, A, expiresMs - DAY_MS]]);
  });

  const nothing: [what: string, state: string | object | undefined][] = [
    ['is not there', undefined],
    ['is empty', ''],
    ['is cut off', JSON.stringify({ [KEY]: ENTRY }).slice(0, 90)],
    ['is null', 'null'],
    ['is a list', [ENTRY]],
    ['is of blobs', { [KEY]: { ...ENTRY, EntryType: 0 } }],
    ['has no time', { [KEY]: { ...ENTRY, ExpiryData: undefined } }],
    ['has a time that is none', { [KEY]: { ...ENTRY, ExpiryData: 'soon' } }],
    ['has no digest', { [ALPINE]: ENTRY }],
    ['has no name', { [`../${KEY}`]: ENTRY }],
    ['has no entry', { [KEY]: null }],
  ];
  for (const [what, state] of nothing) {
    it(`says nothing if it ${what}`, async () => assert.equal(await learnt(state), []));
  }

  it('is read for the entries that are right', async () => {
    const state = { [KEY]: null, [`${ALPINE}@${B}`]: { ...ENTRY, Key: `${ALPINE}@${B}` } };
    assert.is((await learnt(state)).length, 1);
  });

  it('leaves nothing to be written', async () => {
    const { records } = new TroubledStorage();
    await records.put('scheduler-state.json', Buffer.from(JSON.stringify({ [KEY]: ENTRY })));
    const times = new AccessTimes();
    times.pulled(ALPINE, A, Date.parse('2026-06-01'));
    times.merge(ALPINE, undefined, 0);
    await learnFirstFetches(records, times, 0);
    assert.is(times.lastPullMs(ALPINE, A), Date.parse('2026-06-01'));
    assert.equal(times.unwritten(), []);
  });
});
