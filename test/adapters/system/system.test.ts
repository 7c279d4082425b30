import * as assert from 'uvu/assert';
import { NodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import { SystemClock } from '../../../src/adapters/system/system-clock.ts';
import { testSuite } from '../../support/suite.ts';

const ABC = Buffer.from('abc');
/** FIPS 180-2, appendices B.1 and C.1. */
const SHA256 = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SHA512 =
  'sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
  '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f';

testSuite('NodeHasher', (it) => {
  it('digests bytes that are all here', () => {
    assert.is(new NodeHasher().digest('sha256', ABC), SHA256);
    assert.is(new NodeHasher().digest('sha512', ABC), SHA512);
  });

  it('digests bytes that come in pieces', () => {
    const hash = new NodeHasher().start('sha256');
    hash.update(ABC.subarray(0, 1));
    hash.update(ABC.subarray(1));
    assert.is(hash.digest(), SHA256);
  });
});

testSuite('SystemClock', (it) => {
  it('calls after the delay', async () => {
    const clock = new SystemClock();
    const before = clock.now();
    // The clock's timers are unref'd, so something else has to keep the process here.
    const held = setTimeout(() => {}, 1000);
    await new Promise<void>((resolve) => clock.after(1, resolve));
    clearTimeout(held);
    assert.ok(clock.now() >= before);
  });

  it('does not call what was cancelled', async () => {
    let called = false;
    new SystemClock().after(1, () => {
      called = true;
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.not.ok(called);
  });

  it('does not take a very long delay for none', async () => {
    let called = false;
    const cancel = new SystemClock().after(Number.MAX_SAFE_INTEGER, () => {
      called = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    cancel();
    assert.not(called);
  });
});
