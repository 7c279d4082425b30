import * as assert from 'uvu/assert';
import { DEFAULT_RETRY } from '../../../src/domain/back-off.ts';
import {
  CredentialsRejected,
  TooManyRequests,
  UpstreamBadAnswer,
  type UpstreamFailure,
  UpstreamPaused,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { parseReference } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { RetryingUpstream } from '../../../src/domain/upstream/retrying-upstream.ts';
import { FakeUpstream } from '../../support/fake-upstream.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { pass } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const ALPINE = parseRepositoryName('library/alpine');
const LATEST = parseReference('latest');

const FAILURES: [failure: UpstreamFailure, attempts: number][] = [
  [new UpstreamUnreachable('no connection'), 3],
  [new UpstreamBadAnswer('HTML'), 3],
  [new UpstreamTimeout('no answer'), 1],
  [new TooManyRequests('slow down', 60), 1],
  [new CredentialsRejected('wrong password'), 1],
  [new UpstreamPaused('keeps failing', 2, {}), 1],
];

testSuite('a small question to an upstream that fails', (it) => {
  for (const [failure, attempts] of FAILURES) {
    it(`with ${failure.name} is asked ${attempts} times`, async () => {
      const clock = new ManualClock();
      const asked = new FakeUpstream(clock);
      asked.outage = failure;
      const upstream = new RetryingUpstream(asked, clock, () => 0.5, DEFAULT_RETRY);
      const failing = rejects(upstream.resolve(ALPINE, LATEST), Error);
      await pass(clock, 60_000, 60);
      assert.is(await failing, failure);
      assert.is(asked.count('resolve'), attempts);
    });
  }
});
