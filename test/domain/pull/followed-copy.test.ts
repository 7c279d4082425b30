import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import { SOLE_LEASE } from '../../../src/domain/lease/sole-leases.ts';
import type { GrowingBlob } from '../../../src/domain/ports/blob-store.ts';
import type { LeaseNote, Leases, Tenure } from '../../../src/domain/ports/leases.ts';
import type { ServedBlob } from '../../../src/domain/ports/mirror.ts';
import { keep, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const SIZE = 1000;

/** What comes here of another mirror's download, which finds out by itself whether it is whole. */
class Copy implements GrowingBlob {
  #bytes: Uint8Array = new Uint8Array(0);
  #found: 'nothing' | 'whole' | 'wrong' = 'nothing';
  length = 0;
  isThere = true;
  isVerified = false;
  readonly turns: (string | undefined)[] = [];
  /** Called when it is to go on with what is stored. */
  onStored: () => void = () => {};

  has(bytes: Uint8Array, found: 'nothing' | 'whole' | 'wrong' = 'nothing'): void {
    this.#bytes = bytes;
    this.#found = found;
  }

  look(): Promise<void> {
    this.length = this.#bytes.byteLength;
    this.isVerified = this.#found === 'whole';
    this.isThere = this.#found !== 'wrong';
    return Promise.resolve();
  }

  turnTo(owner: string | undefined): Promise<void> {
    this.turns.push(owner);
    if (owner === undefined) this.onStored();
    return Promise.resolve();
  }

  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array> {
    const buffer = scratch();
    const piece = this.#bytes.subarray(position, position + buffer.byteLength);
    buffer.set(piece);
    return Promise.resolve(buffer.subarray(0, piece.byteLength));
  }

  close(): void {}
}

testSuite('a transfer that follows a copy of what another mirror downloads', (it) => {
  let tenure: Tenure | undefined;
  let taken: number;
  let copy: Copy;
  let parts: PullParts;
  let blob: ReturnType<typeof pushBlob>;
  it.beforeEach(() => {
    taken = 0;
    holds('other');
    const leases: Leases = {
      take: () => {
        taken++;
        const answer = tenure ? { heldBy: tenure } : { lease: SOLE_LEASE, after: undefined };
        return Promise.resolve(answer);
      },
      holderOf: () => Promise.resolve(tenure),
      outcomeOf: () => Promise.resolve(undefined),
    };
    copy = new Copy();
    parts = pullParts({ leases });
    const follow = (): Promise<Copy> => Promise.resolve(copy);
    Object.assign(parts.storage.blobs, { follow, followEveryMs: 250 });
    blob = pushBlob(parts, SIZE);
  });

  function holds(holder: string, note: LeaseNote = {}): void {
    const whole = { repository: ALPINE, opened: 1, size: SIZE, ...note };
    tenure = { id: `holding of ${holder}`, holder, note: whole };
  }

  function passing<T>(work: Promise<T>): Promise<T> {
    return whileTimePasses(parts, work, 10);
  }

  function open(): Promise<ServedBlob> {
    return passing(parts.pullBlob.open(ALPINE, blob.digest));
  }

  async function readSome({ reader }: ServedBlob, length: number): Promise<void> {
    for (let read = 0; read < length; ) {
      read += (await passing(reader.read(() => new Uint8Array(length - read)))).byteLength;
    }
  }

  it('gets the last byte when the copy is whole, and not when others say so', async () => {
    copy.has(blob.bytes);
    holds('other', { whole: 1 });
    const served = await open();
    await readSome(served, SIZE - 1);
    const last = passing(readAll(served.reader));
    parts.clock.after(5000, () => copy.has(blob.bytes, 'whole'));
    const before = parts.clock.now();
    assert.ok(sameBytes(await last, blob.bytes.subarray(SIZE - 1)));
    assert.ok(parts.clock.now() - before >= 5000);
  });

  it('goes on with whoever holds the lease', async () => {
    copy.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 2);
    holds('third');
    parts.clock.after(5000, () => copy.has(blob.bytes, 'whole'));
    assert.ok(sameBytes(await passing(readAll(served.reader)), blob.bytes.subarray(SIZE / 2)));
    assert.is(copy.turns.at(-1), 'third');
  });

  it('goes on with what is stored before all of it has come', async () => {
    copy.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 4);
    copy.onStored = () => copy.has(blob.bytes, 'whole');
    await keep(parts, blob.digest, blob.bytes);
    tenure = undefined;
    assert.ok(sameBytes(await passing(readAll(served.reader)), blob.bytes.subarray(SIZE / 4)));
    await passing(parts.background.idle());
    assert.is(parts.upstream.count('fetchBlob'), 0);
    assert.is(parts.events.of('blob-stored').length, 1);
  });

  it('ends short if the copy cannot be brought to its end', async () => {
    copy.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 4);
    copy.onStored = () => copy.has(blob.bytes, 'wrong');
    await keep(parts, blob.digest, blob.bytes);
    tenure = undefined;
    const failure: unknown = await passing(readAll(served.reader)).catch((error: unknown) => error);
    assert.instance(failure, StorageFailed);
  });

  it('asks for the lease once a second meanwhile, for that has its price', async () => {
    copy.has(blob.bytes.subarray(0, SIZE / 2));
    const served = await open();
    await readSome(served, SIZE / 4);
    const [before, at] = [taken, parts.clock.now()];
    parts.clock.after(10_000, () => copy.has(blob.bytes, 'whole'));
    await passing(readAll(served.reader));
    const seconds = (parts.clock.now() - at) / 1000;
    assert.ok(taken - before <= seconds + 1, `${taken - before} times in ${seconds} s`);
  });
});
