import * as assert from 'uvu/assert';
import {
  BlobUnavailable,
  BlobUnknown,
  DigestMismatch,
  RegistryError,
  TooManyRequests,
  UpstreamFailure,
  UpstreamUnreachable,
} from '../../src/domain/errors.ts';
import { testSuite } from '../support/suite.ts';

testSuite('a failure', (it) => {
  it('has a name, a code, a sentence, and its cause', () => {
    const cause = new Error('ECONNRESET');
    const error = new UpstreamUnreachable('no connection', { cause, detail: { host: 'a' } });
    assert.instance(error, RegistryError);
    assert.instance(error, UpstreamFailure);
    assert.is(error.name, 'UpstreamUnreachable');
    assert.is(error.code, 'UNAVAILABLE');
    assert.is(error.cause, cause);
    assert.equal(error.detail, { host: 'a' });
    assert.not('cause' in new BlobUnknown('no'), 'and no cause where there is none');
  });

  it('that is an answer is no failure of the upstream', () => {
    assert.not.instance(new BlobUnknown('404'), UpstreamFailure);
  });

  it('of digests names both', () => {
    assert.equal(new DigestMismatch('the blob', 'a', 'b').detail, { expected: 'a', found: 'b' });
  });

  it('of a blob whose manifest was served says what the matter was', () => {
    const cause = new TooManyRequests('later', 60, { host: 'a' });
    const error = new BlobUnavailable(cause);
    assert.is(error.message, 'later');
    assert.equal(error.detail, { host: 'a' });
    assert.is(error.cause, cause);
  });
});
