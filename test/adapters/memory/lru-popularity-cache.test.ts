import * as assert from 'uvu/assert';
import { LruPopularityCache } from '../../../src/adapters/memory/lru-popularity-cache.ts';
import { testSuite } from '../../support/suite.ts';

const VALUE = new Uint8Array(10);

/** Room for four values. */
function cache(): LruPopularityCache {
  return new LruPopularityCache(40, 20);
}

/** Somebody asks, as the storage does; whether it was here. */
function ask(values: LruPopularityCache, key: string): boolean {
  if (values.get(key) !== undefined) return true;
  if (values.admits(key, VALUE.byteLength)) values.set(key, VALUE);
  return false;
}

testSuite('LruPopularityCache', (it) => {
  it('takes everything as long as there is room', () => {
    const values = cache();
    for (const key of ['a', 'b', 'c', 'd']) assert.not.ok(ask(values, key));
    for (const key of ['a', 'b', 'c', 'd']) assert.ok(ask(values, key));
  });

  it('takes nothing that is too large', () => {
    assert.not.ok(cache().admits('a', 21));
    assert.ok(cache().admits('a', 20));
  });

  it('keeps what fits of what is asked for in turn, wherever the turn begins', () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const start of keys.keys()) {
      const values = cache();
      for (const key of keys) ask(values, key);
      let hits = 0;
      for (let at = 0; at < 80; at++) {
        if (ask(values, keys[(start + at) % keys.length] ?? '')) hits++;
      }
      assert.is(hits, 40, `begun with ${keys[start]}`);
    }
  });

  it('takes what is asked for more often than the least recent', () => {
    const values = cache();
    for (const key of ['a', 'b', 'c', 'd']) ask(values, key);
    ask(values, 'e');
    ask(values, 'e');
    assert.not.ok(ask(values, 'e'), 'it was let in only now');
    assert.ok(ask(values, 'e'));
    assert.not.ok(ask(values, 'a'), 'which made room');
  });

  it('forgets in time what was popular once', () => {
    const values = cache();
    const olds = ['a', 'b', 'c', 'd'];
    for (let count = 0; count < 4_000; count++) for (const key of olds) ask(values, key);
    let asks = 0;
    while (!ask(values, 'new')) asks++;
    assert.ok(asks < 20_000, `${asks}`);
    assert.ok(asks > 100);
  });

  it('forgets what it is told to', () => {
    const values = cache();
    ask(values, 'a');
    values.delete('a');
    assert.is(values.get('a'), undefined);
  });
});
