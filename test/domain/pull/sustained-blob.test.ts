import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../src/domain/errors.ts';
import type { OpenBlob } from '../../../src/domain/ports/blob-store.ts';
import { MemoryBlob } from '../../../src/domain/pull/memory-blob.ts';
import { type Rescue, SustainedBlob } from '../../../src/domain/pull/sustained-blob.ts';
import { readAll, someBytes } from '../../support/bytes.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const BYTES = someBytes(1000);
const LOST = new StorageFailed('lost');

/** Gives bytes in pieces of 100, and from `until` on nothing any more. */
class FailingBlob implements OpenBlob {
  readonly size: number = BYTES.byteLength;
  readonly range: { first: number; last: number } | undefined;
  closed = 0;
  readonly #until: number;
  #position: number;

  constructor(until: number, range?: { first: number; last: number }) {
    this.#until = until;
    this.range = range;
    this.#position = range?.first ?? 0;
  }

  read(scratch: () => Uint8Array): Promise<Uint8Array> {
    const memory = scratch();
    if (this.#position >= this.#until) return Promise.reject(LOST);
    const end = Math.min(this.#position + 100, (this.range?.last ?? this.size - 1) + 1);
    const piece = BYTES.subarray(this.#position, end);
    this.#position = end;
    memory.set(piece);
    return Promise.resolve(memory.subarray(0, piece.byteLength));
  }

  close(): void {
    this.closed++;
  }
}

/** Gives what is asked for, and notes it. */
function rescues(): { asked: unknown[]; rescue: Rescue } {
  const asked: unknown[] = [];
  const rescue: Rescue = (rest, cause) => {
    asked.push([rest, cause]);
    return Promise.resolve(new MemoryBlob(BYTES, rest));
  };
  return { asked, rescue };
}

testSuite('SustainedBlob', (it) => {
  for (const until of [0, 100, 900]) {
    it(`gives every byte once though the storage stops at byte ${until}`, async () => {
      const { asked, rescue } = rescues();
      const broken = new FailingBlob(until);
      const read = await readAll(new SustainedBlob(broken, rescue));
      assert.is(Buffer.compare(read, BYTES), 0);
      assert.equal(asked, [[{ kind: 'from', first: until, last: undefined }, LOST]]);
      assert.ok(broken.closed > 0);
    });
  }

  it('gives the rest of a part, and not more', async () => {
    const { asked, rescue } = rescues();
    const broken = new FailingBlob(300, { first: 200, last: 449 });
    const sustained = new SustainedBlob(broken, rescue);
    assert.equal(sustained.range, { first: 200, last: 449 });
    const read = await readAll(sustained);
    assert.is(Buffer.compare(read, BYTES.subarray(200, 450)), 0);
    assert.equal(asked, [[{ kind: 'from', first: 300, last: 449 }, LOST]]);
  });

  it('asks for the scratch memory once for each read', async () => {
    const rest = new FailingBlob(1000);
    const sustained = new SustainedBlob(new FailingBlob(0), () => Promise.resolve(rest));
    let lent = 0;
    await sustained.read(() => {
      lent++;
      return new Uint8Array(100);
    });
    assert.is(lent, 1);
  });

  it('fails as its rescue does', async () => {
    const cause = new StorageFailed('nowhere else');
    const sustained = new SustainedBlob(new FailingBlob(0), () => Promise.reject(cause));
    assert.is(await rejects(readAll(sustained), StorageFailed), cause);
  });

  it('is not rescued once it is closed, and closes what comes too late', async () => {
    const { asked, rescue } = rescues();
    const closed = new SustainedBlob(new FailingBlob(0), rescue);
    closed.close();
    await rejects(
      closed.read(() => new Uint8Array(100)),
      StorageFailed,
    );
    assert.equal(asked, []);
    const rest = new FailingBlob(1000);
    const late = new SustainedBlob(new FailingBlob(0), () => {
      late.close();
      return Promise.resolve(rest);
    });
    await late.read(() => new Uint8Array(100));
    assert.is(rest.closed, 1);
  });
});
