import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { TransferWindow } from '../../../src/domain/pull/transfer-window.ts';
import { sameBytes, someBytes } from '../../support/bytes.ts';
import { testSuite } from '../../support/suite.ts';

const CONTENT = someBytes(4096);

const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ dropBefore: fc.nat(2000) }),
  ),
  { maxLength: 40 },
);

testSuite('TransferWindow', (it) => {
  it('is a part of the bytes that were pushed, whatever is dropped', () => {
    fc.assert(
      fc.property(fc.nat(1000), steps, (start, all) => {
        const window = new TransferWindow(start, 50);
        let end = start;
        let kept = start;
        for (const step of all) {
          if ('push' in step) {
            window.push(CONTENT.subarray(end, end + step.push));
            end += step.push;
          } else {
            window.dropBefore(step.dropBefore);
            kept = Math.max(kept, Math.min(end, step.dropBefore));
          }
          assert.is(window.end, end);
          assert.ok(window.start <= kept, 'bytes are gone that were to stay');
          assert.ok(kept - window.start <= 50, 'a whole piece is here that was to go');
          checkBytes(window);
        }
      }),
    );
  });

  it('has nothing before its start and from its end on', () => {
    const window = new TransferWindow(10, 10);
    assert.is(window.at(10), undefined);
    window.push(CONTENT.subarray(10, 20));
    assert.is(window.at(9), undefined);
    assert.is(window.at(20), undefined);
    window.dropBefore(20);
    assert.is(window.start, 20);
    assert.is(window.at(19), undefined);
  });
});

function checkBytes(window: TransferWindow): void {
  for (let at = window.start; at < window.end; at += 7) {
    const bytes = window.at(at) ?? new Uint8Array(0);
    assert.ok(bytes.byteLength > 0, `nothing at ${at}`);
    assert.ok(sameBytes(bytes, CONTENT.subarray(at, at + bytes.byteLength)));
  }
}
