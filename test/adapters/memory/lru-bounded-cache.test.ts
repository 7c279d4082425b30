import * as assert from 'uvu/assert';
import { LruBoundedCache } from '../../../src/adapters/memory/lru-bounded-cache.ts';
import { testSuite } from '../../support/suite.ts';

const sizeOf = (value: Uint8Array): number => value.length;
const bytes = (length: number): Uint8Array => new Uint8Array(length);

testSuite('LruBoundedCache', (it) => {
  it('gives back the same value until it is deleted', () => {
    const cache = new LruBoundedCache({ maxBytes: 100, sizeOf });
    const value = bytes(10);
    cache.set('a', value);
    assert.is(cache.get('a'), value);
    assert.is(cache.get('b'), undefined);
    cache.delete('a');
    assert.is(cache.get('a'), undefined);
  });

  it('forgets the least recently used when the bytes do not suffice', () => {
    const cache = new LruBoundedCache({ maxBytes: 100, sizeOf });
    cache.set('a', bytes(40));
    cache.set('b', bytes(40));
    cache.get('a');
    cache.set('c', bytes(40));
    assert.ok(cache.get('a'));
    assert.is(cache.get('b'), undefined);
    assert.ok(cache.get('c'));
  });

  it('counts a value once that is set twice', () => {
    const cache = new LruBoundedCache({ maxBytes: 100, sizeOf });
    cache.set('a', bytes(60));
    cache.set('a', bytes(50));
    cache.set('b', bytes(50));
    assert.is(cache.get('a')?.length, 50);
    assert.is(cache.get('b')?.length, 50);
  });

  it('does not keep a value larger than an entry may be, nor what it was before', () => {
    const cache = new LruBoundedCache({ maxBytes: 100, maxEntryBytes: 50, sizeOf });
    cache.set('other', bytes(50));
    cache.set('a', bytes(10));
    cache.set('a', bytes(51));
    assert.is(cache.get('a'), undefined);
    assert.ok(cache.get('other'));
  });

  it('keeps values that take nothing', () => {
    const cache = new LruBoundedCache({ maxBytes: 100, sizeOf });
    cache.set('a', bytes(0));
    assert.is(cache.get('a')?.length, 0);
  });

  it('keeps nothing without bytes', () => {
    const cache = new LruBoundedCache({ maxBytes: 0, sizeOf });
    cache.set('a', bytes(0));
    assert.is(cache.get('a'), undefined);
  });
});
