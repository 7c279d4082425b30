import * as assert from 'uvu/assert';
import { MemoryStorage } from '../../../../../src/adapters/storage/memory/memory-storage.ts';
import { PeerBlob } from '../../../../../src/adapters/storage/s3/peer/peer-blob.ts';
import { StorageFailed } from '../../../../../src/domain/errors.ts';
import type { StagedBlob } from '../../../../../src/domain/ports/blob-store.ts';
import type { ByteReader } from '../../../../../src/domain/ports/byte-reader.ts';
import { Signal } from '../../../../../src/domain/pull/signal.ts';
import { content, KIB, readBack, sameBytes } from '../../../../contracts/storage/content.ts';
import { settle } from '../../../../support/settle.ts';
import { testSuite } from '../../../../support/suite.ts';

const BLOB = content(100 * KIB);
const SIZE = BLOB.bytes.length;
const HALF = SIZE / 2;

/** Gives what a test sends. */
class Sent implements ByteReader {
  readonly offset: number;
  readonly #changed = new Signal();
  readonly #pieces: Uint8Array[] = [];
  #end: 'open' | 'ended' | 'broken' = 'open';
  isClosed = false;

  constructor(offset: number) {
    this.offset = offset;
  }

  send(bytes: Uint8Array): this {
    this.#pieces.push(bytes);
    this.#changed.fire();
    return this;
  }

  /** What comes after the offset, up to `end`. */
  sendTo(end: number, bytes: Uint8Array = BLOB.bytes): this {
    return this.send(bytes.subarray(this.offset, end));
  }

  ends(how: 'ended' | 'broken' = 'ended'): void {
    this.#end = how;
    this.#changed.fire();
  }

  async read(): Promise<Uint8Array> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.#end === 'ended') return new Uint8Array(0);
      if (this.#end === 'broken' || this.isClosed) throw new Error('it broke');
      await this.#changed.next();
    }
  }

  close(): void {
    this.isClosed = true;
    this.#changed.fire();
  }
}

async function looked(blob: PeerBlob): Promise<string> {
  for (let turns = 0; turns < 10; turns++) await settle();
  await blob.look();
  const { length, isThere, isVerified } = blob;
  return `${length}${isThere ? '' : ' gone'}${isVerified ? ' verified' : ''}`;
}

testSuite('PeerBlob', (it) => {
  let storage: MemoryStorage;
  let staged: StagedBlob;
  /** What was asked for: of whom, and what came of it. */
  let asked: { owner: string | undefined; sent: Sent }[];
  let has: (owner: string | undefined) => boolean;
  let closed: number;
  it.beforeEach(async () => {
    storage = new MemoryStorage();
    staged = await storage.blobs.stage(BLOB.digest);
    asked = [];
    has = () => true;
    closed = 0;
  });

  function open(size: number | 'unknown' = SIZE): Promise<PeerBlob | undefined> {
    const job = {
      digest: BLOB.digest,
      size: size === 'unknown' ? undefined : size,
      staged,
      open: (owner: string | undefined, offset: number) => {
        if (!has(owner)) return Promise.resolve(undefined);
        const sent = new Sent(offset);
        asked.push({ owner, sent });
        return Promise.resolve(sent);
      },
      closed: () => void closed++,
    };
    return PeerBlob.open(job, 'first');
  }

  async function opened(size?: 'unknown'): Promise<PeerBlob> {
    const blob = await open(size);
    assert.ok(blob);
    return blob;
  }

  function latest(): Sent {
    const { sent } = asked.at(-1) ?? {};
    assert.ok(sent, 'somebody was asked');
    return sent;
  }

  /** What the next one to stage it finds. */
  async function left(): Promise<number> {
    return (await storage.blobs.stage(BLOB.digest)).length;
  }

  it('grows as the other mirror sends, and is whole when it has the digest', async () => {
    const blob = await opened();
    assert.is(await looked(blob), '0');
    latest().sendTo(HALF);
    assert.is(await looked(blob), `${HALF}`);
    const part = await blob.readAt(1, () => new Uint8Array(10));
    sameBytes(part.subarray(0, 10), BLOB.bytes.subarray(1, 11));
    latest().send(BLOB.bytes.subarray(HALF));
    assert.is(blob.length, HALF, 'it is as it was at the last look');
    assert.is(await looked(blob), `${SIZE} verified`);
    assert.ok(latest().isClosed);
    blob.close();
    await settle();
    assert.is(closed, 1);
    assert.is(await left(), 0, 'it is in the bucket');
  });

  it('tells by the end where nobody knows how long it is', async () => {
    const blob = await opened('unknown');
    latest().sendTo(SIZE);
    assert.is(await looked(blob), `${SIZE}`);
    latest().ends();
    assert.is(await looked(blob), `${SIZE} verified`);
  });

  it('is not opened where there is nothing', async () => {
    has = () => false;
    assert.is(await open(), undefined);
    assert.is(closed, 1);
  });

  it('is gone when its bytes are wrong, or too many', async () => {
    const wrong = Buffer.from(BLOB.bytes);
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    for (const bytes of [wrong, Buffer.concat([BLOB.bytes, Buffer.from('x')])]) {
      staged = await storage.blobs.stage(BLOB.digest);
      const blob = await opened();
      latest().sendTo(bytes.length, bytes);
      assert.match(await looked(blob), 'gone');
      await blob.closed();
      assert.is(await left(), 0);
    }
  });

  it('is gone when it cannot be kept', async () => {
    const blob = await opened();
    staged.append = () => Promise.reject(new StorageFailed('the disk is full'));
    latest().sendTo(HALF);
    assert.is(await looked(blob), '0 gone');
  });

  it('waits for somebody to go on when it breaks off, or ends too early', async () => {
    for (const how of ['broken', 'ended'] as const) {
      staged = await storage.blobs.stage(BLOB.digest);
      const blob = await opened();
      latest().sendTo(HALF).ends(how);
      assert.is(await looked(blob), `${HALF}`);
      await blob.turnTo('first');
      assert.is(latest().offset, HALF);
      latest().sendTo(SIZE);
      assert.is(await looked(blob), `${SIZE} verified`);
      await blob.closed();
    }
  });

  it('goes on with the next owner, and asks none twice at a time', async () => {
    const blob = await opened();
    const before = latest().sendTo(HALF);
    await looked(blob);
    await blob.turnTo('first');
    await blob.turnTo('second');
    await blob.turnTo('second');
    assert.ok(before.isClosed);
    assert.equal(
      asked.map(({ owner, sent }) => `${owner} ${sent.offset}`),
      ['first 0', `second ${HALF}`],
    );
    latest().sendTo(SIZE);
    assert.is(await looked(blob), `${SIZE} verified`);
    await blob.turnTo('third');
    assert.is(asked.length, 2);
  });

  it('goes on with what is stored when nothing comes any more', async () => {
    const blob = await opened();
    latest().sendTo(HALF);
    await looked(blob);
    await blob.turnTo(undefined);
    assert.is(asked.length, 1, 'as long as something comes, that will do');
    latest().ends('broken');
    await looked(blob);
    await blob.turnTo(undefined);
    assert.is(asked.at(-1)?.owner, undefined);
    latest().sendTo(SIZE);
    assert.is(await looked(blob), `${SIZE} verified`);
  });

  it('is gone when what is stored cannot be had, or does not go with it', async () => {
    for (const isStored of [false, true]) {
      staged = await storage.blobs.stage(BLOB.digest);
      const blob = await opened();
      latest().sendTo(HALF).ends('broken');
      await looked(blob);
      has = () => isStored;
      await blob.turnTo(undefined);
      if (isStored) latest().ends();
      assert.is(await looked(blob), `${HALF} gone`);
      has = () => true;
    }
  });

  it('leaves what has come to the next one to stage it, and can be read on', async () => {
    const blob = await opened();
    latest().sendTo(HALF);
    await looked(blob);
    await blob.handOver();
    assert.ok(latest().isClosed);
    const next = await storage.blobs.stage(BLOB.digest);
    sameBytes(await readBack(next), BLOB.bytes.subarray(0, HALF));
    assert.is(await looked(blob), `${HALF}`);
    sameBytes(
      (await blob.readAt(0, () => new Uint8Array(HALF))).subarray(0, 9),
      BLOB.bytes.subarray(0, 9),
    );
    await blob.turnTo('second');
    assert.is(asked.length, 1);
  });

  it('leaves it, too, when it is closed before it is whole', async () => {
    const blob = await opened();
    latest().sendTo(HALF);
    await looked(blob);
    await blob.closed();
    assert.is(await left(), HALF);
  });

  it('goes on with what an earlier one has left', async () => {
    await staged.append([BLOB.bytes.subarray(0, HALF)]);
    const blob = await opened();
    assert.is(latest().offset, HALF);
    latest().sendTo(SIZE);
    assert.is(await looked(blob), `${SIZE} verified`);
  });

  it('needs nobody for what is here whole', async () => {
    await staged.append([BLOB.bytes]);
    const blob = await opened();
    assert.is(await looked(blob), `${SIZE} verified`);
    assert.equal(asked, []);
  });

  it('throws away what an earlier one has left if that is wrong', async () => {
    await staged.append([BLOB.bytes.toReversed()]);
    assert.is(await open(), undefined);
    assert.is(await left(), 0);
  });
});
