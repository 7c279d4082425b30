import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { SOLE_LEASE } from '../../../src/domain/lease/sole-leases.ts';
import { pause } from '../../../src/domain/pause.ts';
import type { GrowingBlob } from '../../../src/domain/ports/blob-store.ts';
import type { LeaseNote, Leases, Tenure } from '../../../src/domain/ports/leases.ts';
import type { ServedBlob } from '../../../src/domain/ports/mirror.ts';
import { keep, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const SIZE = 1000;

/** Another mirror that downloads a blob, as far as the storage tells of it. */
class OtherMirror implements GrowingBlob {
  readonly leases: Leases = {
    take: () => {
      const heldBy = this.#tenure;
      return Promise.resolve(heldBy ? { heldBy } : { lease: SOLE_LEASE, after: undefined });
    },
    holderOf: () => Promise.resolve(this.#tenure),
    outcomeOf: () => Promise.resolve(undefined),
  };
  #tenure: Tenure | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #count = 0;
  length = 0;
  isThere = true;
  isClosed = false;

  holds(note: LeaseNote = {}): void {
    const whole = { repository: ALPINE, opened: 1, size: SIZE, ...note };
    this.#tenure = { id: `holding-${++this.#count}`, holder: 'other', note: whole };
  }

  leaves(): void {
    this.#tenure = undefined;
  }

  has(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  look(): Promise<void> {
    if (this.isClosed) return Promise.reject(new StorageFailed('it was used after it was closed'));
    this.length = this.#bytes.byteLength;
    return Promise.resolve();
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    const buffer = scratch();
    const piece = this.#bytes.subarray(position, position + buffer.byteLength);
    buffer.set(piece);
    return Promise.resolve(buffer.subarray(0, piece.byteLength));
  }

  close(): void {
    this.isClosed = true;
  }
}

testSuite('a transfer that follows another mirror', (it) => {
  let other: OtherMirror;
  let parts: PullParts;
  let blob: ReturnType<typeof pushBlob>;
  it.beforeEach(() => {
    other = new OtherMirror();
    parts = pullParts({ leases: other.leases });
    Object.assign(parts.storage.blobs, { follow: () => Promise.resolve(other) });
    blob = pushBlob(parts, SIZE);
    other.holds();
  });

  function passing<T>(work: Promise<T>): Promise<T> {
    return whileTimePasses(parts, work);
  }

  function open(range?: { first: number; last: number }): Promise<ServedBlob> {
    const asked = range && ({ kind: 'from', ...range } as const);
    return passing(parts.pullBlob.open(ALPINE, blob.digest, asked));
  }

  /** Reads so many bytes. */
  async function readSome({ reader }: ServedBlob, length: number): Promise<void> {
    for (let read = 0; read < length; ) {
      read += (await passing(reader.read(() => new Uint8Array(length - read)))).byteLength;
    }
  }

  function store(): Promise<void> {
    return keep(parts, blob.digest, blob.bytes);
  }

  async function failureOf({ reader }: ServedBlob): Promise<unknown> {
    return passing(readAll(reader)).then(
      (bytes) => `it ended after ${bytes.byteLength} bytes more`,
      (error: unknown) => error,
    );
  }

  it('does not end what was thrown away, though the next attempt is stored already', async () => {
    other.has(blob.bytes.toReversed());
    const served = await open();
    await readSome(served, SIZE - 1);
    other.isThere = false;
    other.holds({ whole: 1 });
    await store();
    assert.instance(await failureOf(served), StorageFailed);
  });

  it('does not end what the next attempt has not gone on with', async () => {
    other.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 4);
    other.leaves();
    await store();
    assert.instance(await failureOf(served), StorageFailed);
  });

  it('does not take the next attempt for the one that was thrown away', async () => {
    other.has(blob.bytes.toReversed());
    const served = await open();
    await readSome(served, SIZE - 1);
    other.isThere = false;
    other.holds({ whole: 1 });
    assert.instance(await failureOf(served), StorageFailed);
  });

  it('downloads by itself what was thrown away before anybody has read of it', async () => {
    const served = await open({ first: SIZE / 2, last: SIZE - 1 });
    other.isThere = false;
    other.leaves();
    const rest = await passing(readAll(served.reader));
    assert.ok(sameBytes(rest, blob.bytes.subarray(SIZE / 2)));
    assert.ok(other.isClosed);
  });

  it('serves to its end what is whole, though the other one cannot store it', async () => {
    other.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 4);
    other.has(blob.bytes);
    other.holds({ whole: 1 });
    await readSome(served, SIZE / 2);
    await passing(pause(parts.clock, 1000));
    other.isThere = false;
    other.leaves();
    await passing(parts.background.idle());
    const rest = await passing(readAll(served.reader));
    assert.ok(sameBytes(rest, blob.bytes.subarray((SIZE * 3) / 4)));
    assert.is(parts.events.of('transfer-failed').length, 0);
    assert.is(parts.events.of('blob-stored').length, 0);
  });

  it('serves what it cannot follow when that is stored', async () => {
    Object.assign(parts.storage.blobs, {
      follow: () => Promise.reject(new StorageFailed('too many files are open')),
    });
    other.has(blob.bytes);
    parts.clock.after(2000, () => {
      other.leaves();
      void store();
    });
    const served = await open();
    assert.ok(sameBytes(await passing(readAll(served.reader)), blob.bytes));
  });
});
