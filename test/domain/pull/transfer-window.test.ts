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
      fc.property(fc.nat(1000), steps, fc.boolean(), (start, all, isShared) => {
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
          checkBytes(window, isShared);
        }
      }),
    );
  });

  it('has nothing before its start and from its end on', () => {
    const window = new TransferWindow(10, 10);
    assert.is(window.at(10, true), undefined);
    window.push(CONTENT.subarray(10, 20));
    assert.is(window.at(9, true), undefined);
    assert.is(window.at(20, true), undefined);
    window.dropBefore(20);
    assert.is(window.start, 20);
    assert.is(window.at(19, true), undefined);
  });
});

testSuite('what has come while nobody read', (it) => {
  it('is given in one piece, up to a bound', () => {
    const window = new TransferWindow(0, 50);
    for (let at = 0; at < 100; at += 10) window.push(CONTENT.subarray(at, at + 10));
    assert.is(window.at(0, true)?.byteLength, 50);
    assert.is(window.at(20, true)?.byteLength, 30);
    assert.is(window.at(50, true)?.byteLength, 50);
    checkBytes(window, true);
  });

  it('is not copied for one reader alone', () => {
    const window = new TransferWindow();
    for (let at = 0; at < 30; at += 10) window.push(CONTENT.subarray(at, at + 10));
    assert.is(window.at(0, false)?.byteLength, 10);
    assert.is(window.at(10, false)?.buffer, CONTENT.buffer);
  });

  it('is not copied for who keeps pace, nor again for each look', () => {
    const window = new TransferWindow(0, 1000);
    const piece = CONTENT.subarray(0, 10);
    window.push(piece);
    assert.is(window.at(0, true)?.buffer, piece.buffer);
    window.push(CONTENT.subarray(10, 20));
    const both = window.at(0, true);
    assert.is(both?.byteLength, 20);
    window.push(CONTENT.subarray(20, 30));
    assert.is(window.at(0, true)?.buffer, both?.buffer, 'one more is not worth the copy');
    window.push(CONTENT.subarray(30, 40));
    assert.is(window.at(0, true)?.byteLength, 40);
  });

  it('is copied a few times at most', () => {
    const window = new TransferWindow(0, 4096);
    const buffers = new Set<ArrayBufferLike>();
    for (let at = 0; at < 4096; at += 16) {
      window.push(CONTENT.subarray(at, at + 16));
      const first = window.at(0, true);
      if (first !== undefined) buffers.add(first.buffer);
    }
    assert.is(window.at(0, true)?.byteLength, 4096);
    assert.ok(buffers.size <= 9, `${buffers.size} copies`);
  });
});

function checkBytes(window: TransferWindow, isShared: boolean): void {
  for (let at = window.start; at < window.end; at += 7) {
    const bytes = window.at(at, isShared) ?? new Uint8Array(0);
    assert.ok(bytes.byteLength > 0, `nothing at ${at}`);
    assert.ok(sameBytes(bytes, CONTENT.subarray(at, at + bytes.byteLength)));
  }
}
