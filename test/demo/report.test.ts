import * as assert from 'uvu/assert';
import { DemoFailure } from '../../demo/demo-failure.ts';
import { pullReport, requireFromStorage, type SourcedStep } from '../../demo/report.ts';
import { testSuite } from '../support/suite.ts';

const HEAD: SourcedStep = step('HEAD', 'tag 1.0', 0, 'miss');
const CONFIG: SourcedStep = step('GET', 'config 0123456789ab', 512, 'hit');
const LAYER: SourcedStep = step('GET', 'layer 0123456789ab', 3 * 1024 * 1024, 'miss');

function step(
  method: SourcedStep['method'],
  what: string,
  bytes: number,
  source: string,
): SourcedStep {
  return { method, path: '/v2/', what, bytes, ms: 12.3, source };
}

testSuite("the demo's report", (it) => {
  it('says what came from where', () => {
    assert.equal(pullReport([HEAD, CONFIG, LAYER], 1234).split('\n'), [
      '  HEAD  tag 1.0                     0 B    12 ms  the upstream (miss)',
      "  GET   config 0123456789ab       512 B    12 ms  the mirror's storage (hit)",
      '  GET   layer 0123456789ab      3.0 MiB    12 ms  the upstream (miss)',
      '  3.0 MiB in 1.23 s, 3.0 MiB of it from the upstream',
    ]);
  });

  it('is content when all that was downloaded came from storage', () => {
    requireFromStorage([HEAD, CONFIG]);
  });

  it('names what was downloaded again', () => {
    assert.throws(
      () => requireFromStorage([HEAD, CONFIG, LAYER]),
      (error: Error) =>
        error instanceof DemoFailure && error.message.endsWith(': layer 0123456789ab'),
    );
  });
});
