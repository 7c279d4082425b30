import * as assert from 'uvu/assert';
import { rejects, testSuite } from './suite.ts';

testSuite('rejects', (it) => {
  it('returns the error when its class is the expected one', async () => {
    const error = await rejects(Promise.reject(new TypeError('no')), TypeError);
    assert.is(error.message, 'no');
  });

  it('fails when the promise is fulfilled', async () => {
    let message = '';
    await rejects(Promise.resolve(3), TypeError).catch((error: Error) => {
      message = error.message;
    });
    assert.is(message, 'expected TypeError, but it gave 3');
  });
});
