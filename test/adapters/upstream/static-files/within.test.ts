import * as assert from 'uvu/assert';
import { within } from '../../../../src/adapters/upstream/static-files/within.ts';
import { UpstreamTimeout } from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';

testSuite('an answer within a time', (it) => {
  it('is given when it comes in time', async () => {
    assert.is(await within(1000, Promise.resolve(3)), 3);
    assert.is(await within(undefined, Promise.resolve(3)), 3);
  });

  it('fails as the question did', async () => {
    await rejects(within(1000, Promise.reject(new RangeError('no'))), RangeError);
  });

  it('fails when the directory hangs', async () => {
    const error = await rejects(within(1, new Promise(() => {})), UpstreamTimeout);
    assert.is(error.message, 'the directory did not answer in 1 ms');
  });
});
