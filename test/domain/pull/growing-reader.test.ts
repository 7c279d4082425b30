import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import type { GrowingBlob } from '../../../src/domain/ports/blob-store.ts';
import { GrowingReader } from '../../../src/domain/pull/growing-reader.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

class Growing implements GrowingBlob {
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;
  isThere = true;
  isClosed = false;

  look(): Promise<void> {
    this.length = this.bytes.length;
    return Promise.resolve();
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    const buffer = scratch();
    const piece = this.bytes.subarray(position, Math.min(this.length, position + buffer.length));
    buffer.set(piece);
    return Promise.resolve(buffer.subarray(0, piece.length));
  }

  close(): void {
    this.isClosed = true;
  }
}

testSuite('GrowingReader', (it) => {
  let blob: Growing;
  let clock: ManualClock;
  it.beforeEach(() => {
    blob = new Growing();
    clock = new ManualClock();
  });

  /** Lets time pass until it is done. */
  async function passing<T>(work: Promise<T>): Promise<T> {
    const over = work.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([over, settle().then(() => false)]))) clock.advance(20);
    return work;
  }

  async function read(reader: GrowingReader): Promise<string> {
    return Buffer.from(await passing(reader.read(() => new Uint8Array(4)))).toString();
  }

  it('gives what is there from its offset on, and then what comes', async () => {
    blob.bytes = Buffer.from('abcdef');
    const reader = new GrowingReader(blob, clock, 1);
    assert.is(await read(reader), 'bcde');
    assert.is(await read(reader), 'f');
    const waiting = read(reader);
    await settle();
    blob.bytes = Buffer.from('abcdefg');
    assert.is(await waiting, 'g');
  });

  it('waits where it begins beyond what is there', async () => {
    blob.bytes = Buffer.from('ab');
    const waiting = read(new GrowingReader(blob, clock, 3));
    await settle();
    blob.bytes = Buffer.from('abcd');
    assert.is(await waiting, 'd');
  });

  it('ends with all that there was when the blob is gone', async () => {
    blob.bytes = Buffer.from('ab');
    blob.isThere = false;
    const reader = new GrowingReader(blob, clock, 0);
    assert.is(await read(reader), 'ab');
    assert.is(await read(reader), '');
  });

  it('ends when nothing has come for long', async () => {
    const before = clock.now();
    assert.is(await read(new GrowingReader(blob, clock, 0)), '');
    assert.ok(clock.now() - before >= 60_000);
  });

  it('stops waiting when it is closed', async () => {
    const reader = new GrowingReader(blob, clock, 0);
    const waiting = read(reader);
    await settle();
    reader.close();
    assert.ok(blob.isClosed);
    await rejects(waiting, StorageFailed);
  });
});
