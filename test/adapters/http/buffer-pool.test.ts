import * as assert from 'uvu/assert';
import { BufferPool } from '../../../src/adapters/http/buffer-pool.ts';
import { testSuite } from '../../support/suite.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

testSuite('the pool of buffers', (it) => {
  it('lends a mebibyte while there is room', () => {
    const pool = new BufferPool(64 * MIB);
    pool.join();
    assert.is(pool.lend(Number.POSITIVE_INFINITY).length, MIB);
  });

  it('lends no more than about what is wanted', () => {
    const pool = new BufferPool(64 * MIB);
    assert.is(pool.lend(1).length, 16 * KIB);
    assert.is(pool.lend(100 * KIB).length, 128 * KIB);
  });

  it('lends small ones to many', () => {
    const pool = new BufferPool(64 * MIB);
    for (let user = 0; user < 500; user++) pool.join();
    assert.is(pool.lend(MIB).length, 64 * KIB);
    for (let user = 0; user < 1500; user++) pool.join();
    assert.is(pool.lend(MIB).length, 16 * KIB);
  });

  it('stays within its bound, but for the smallest ones', () => {
    const pool = new BufferPool(4 * MIB);
    for (let count = 0; count < 100; count++) pool.lend(MIB);
    assert.ok(pool.lentBytes <= 4 * MIB + 100 * 16 * KIB);
  });

  it('lends again what was given back, and nothing that was discarded', () => {
    const pool = new BufferPool(64 * MIB);
    const [given, discarded] = [pool.lend(MIB), pool.lend(MIB)];
    pool.takeBack(given);
    pool.discard(discarded);
    assert.is(pool.lentBytes, 0);
    assert.is(pool.idleBytes, MIB);
    assert.is(pool.lend(MIB), given);
    assert.is.not(pool.lend(MIB), discarded);
  });

  it('keeps only so much for the next use', () => {
    const pool = new BufferPool(64 * MIB, 2 * MIB);
    const buffers = Array.from({ length: 10 }, () => pool.lend(MIB));
    for (const buffer of buffers) pool.takeBack(buffer);
    assert.is(pool.idleBytes, 2 * MIB);
  });

  it('keeps those of the size that is used now', () => {
    const pool = new BufferPool(64 * MIB, 2 * MIB);
    const small = Array.from({ length: 32 }, () => pool.lend(64 * KIB));
    for (const buffer of small) pool.takeBack(buffer);
    assert.is(pool.idleBytes, 2 * MIB);
    const large = pool.lend(MIB);
    pool.takeBack(large);
    assert.is(pool.idleBytes, 2 * MIB);
    assert.is(pool.lend(MIB), large);
  });
});
