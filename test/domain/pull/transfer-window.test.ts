import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { TransferWindow } from '../../../src/domain/pull/transfer-window.ts';
import { sameBytes, someBytes } from '../../support/bytes.ts';
import { testSuite } from '../../support/suite.ts';

const CONTENT = someBytes(4096);

const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 50 }), isShared: fc.boolean() }),
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
            window.push(CONTENT.subarray(end, end + step.push), step.isShared);
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
    window.push(CONTENT.subarray(10, 20), true);
    assert.is(window.at(9), undefined);
    assert.is(window.at(20), undefined);
    window.dropBefore(20);
    assert.is(window.start, 20);
    assert.is(window.at(19), undefined);
  });
});

testSuite('what comes for several readers', (it) => {
  it('is gathered, up to a bound', () => {
    const window = new TransferWindow(0, 50);
    for (let at = 0; at < 100; at += 10) window.push(CONTENT.subarray(at, at + 10), true);
    assert.is(window.at(0)?.byteLength, 10);
    assert.is(window.at(10)?.byteLength, 20);
    assert.is(window.at(30)?.byteLength, 40);
    assert.is(window.at(70)?.byteLength, 30);
    checkBytes(window);
  });

  it('is not copied for one alone', () => {
    const window = new TransferWindow();
    for (let at = 0; at < 30; at += 10) window.push(CONTENT.subarray(at, at + 10), false);
    assert.is(window.at(0)?.byteLength, 10);
    assert.is(window.at(10)?.buffer, CONTENT.buffer);
  });

  it('goes when it is read, though the others have left before its block was full', () => {
    const window = new TransferWindow(0, 50);
    window.push(CONTENT.subarray(0, 30), true);
    window.push(CONTENT.subarray(30, 40), true);
    window.push(CONTENT.subarray(40, 60), false);
    checkBytes(window);
    window.dropBefore(50);
    assert.is(window.start, 40);
  });
});

function checkBytes(window: TransferWindow): void {
  for (let at = window.start; at < window.end; at += 7) {
    const bytes = window.at(at) ?? new Uint8Array(0);
    assert.ok(bytes.byteLength > 0, `nothing at ${at}`);
    assert.ok(sameBytes(bytes, CONTENT.subarray(at, at + bytes.byteLength)));
  }
}
