import * as assert from 'uvu/assert';
import { DigestMismatch, UpstreamUnreachable } from '../../../src/domain/errors.ts';
import { outcome, pull, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { ALPINE, pullParts } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const MIB = 1024 * 1024;

testSuite('a transfer and its readers', (it) => {
  it('gives 20 readers who join at any time one download, each byte once', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    let pulls: Promise<Uint8Array>[] = [];
    const join = (): number => pulls.push(pull(parts, digest));
    parts.upstream.script = {
      before: async (offset) => {
        if (offset % 64 === 0) join();
        await settle();
      },
    };
    for (let reader = 0; reader < 4; reader++) join();
    await Promise.all(pulls);
    const bodies = await Promise.all(pulls);
    assert.is(bodies.length, 20);
    assert.ok(bodies.every((body) => sameBytes(body, bytes)));
    assert.is(parts.upstream.count('fetchBlob'), 1);
    assert.is(parts.upstream.sent(digest).most, 1);
    pulls = [];
  });

  it('calls the first a miss, those who join joined, and those who come after it a hit', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    const opened = [parts.pullBlob.open(ALPINE, digest), parts.pullBlob.open(ALPINE, digest)];
    const served = await Promise.all(opened);
    assert.equal(
      served.map(({ source }) => source),
      ['miss', 'joined'],
    );
    await Promise.all(served.map(({ reader }) => readAll(reader)));
    await parts.background.idle();
    const { source, reader } = await parts.pullBlob.open(ALPINE, digest);
    reader.close();
    assert.is(source, 'hit');
  });

  it('keeps the last byte from every reader until the digest is verified', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 100);
    parts.upstream.script = { stallAt: 100, pieceSize: 100, surplus: 1, announced: 100 };
    const { reader } = await parts.pullBlob.open(ALPINE, digest);
    const first = await reader.read(() => new Uint8Array(1000));
    assert.is(first.byteLength, 99);
    assert.ok(sameBytes(first, bytes.subarray(0, 99)));
    reader.close();
  });

  it('fails every reader of a wrong blob, keeps nothing, and fetches anew for the next', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.scripts.push({ wrongAt: 700 });
    const wrong = await Promise.all([1, 2, 3].map(() => outcome(pull(parts, digest))));
    assert.ok(wrong.every((error) => error instanceof DigestMismatch));
    await parts.background.idle();
    assert.is(await parts.storage.blobs.stat(digest), undefined);
    const [failed] = parts.events.of('transfer-failed');
    assert.is(failed?.digest, digest);
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.count('fetchBlob'), 2);
  });

  it('finds out about a wrong blob whose size nobody announces', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    parts.upstream.script = { wrongAt: 0, announced: 'none' };
    const served = await parts.pullBlob.open(ALPINE, digest);
    assert.is(served.size, undefined);
    await rejects(readAll(served.reader), DigestMismatch);
  });

  it('serves a blob whose size nobody announces', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.script = { announced: 'none' };
    const range = { kind: 'from', first: 10, last: 20 } as const;
    const served = await parts.pullBlob.open(ALPINE, digest, range);
    assert.is(served.range, undefined, 'a part of it cannot be told');
    assert.ok(sameBytes(await readAll(served.reader), bytes));
    await parts.background.idle();
    assert.is(parts.events.of('blob-stored')[0]?.size, 1000);
  });

  it('serves a blob of no bytes', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 0);
    assert.is((await pull(parts, digest)).byteLength, 0);
    await parts.background.idle();
    assert.is(await parts.storage.blobs.stat(digest), 0);
  });

  it('does not wait for a reader that reads nothing', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 20 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    const slow = await parts.pullBlob.open(ALPINE, digest);
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    await parts.background.idle();
    assert.is(await parts.storage.blobs.stat(digest), bytes.byteLength);
    assert.ok(sameBytes(await readAll(slow.reader), bytes), 'and it still gets all of it');
  });

  it('goes on when every reader has left, and keeps the blob', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    const served = await parts.pullBlob.open(ALPINE, digest);
    served.reader.close();
    await parts.background.idle();
    assert.is(await parts.storage.blobs.stat(digest), 1000);
  });

  it('lets a reader go without harm to the others', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    const leaving = await parts.pullBlob.open(ALPINE, digest);
    const staying = pull(parts, digest);
    await leaving.reader.read(() => new Uint8Array(10));
    leaving.reader.close();
    assert.ok(sameBytes(await staying, bytes));
  });

  it('goes on after a cut from the byte where it broke off', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.scripts.push({ cutAt: 500 }, { cutAt: 800 });
    const body = await whileTimePasses(parts, pull(parts, digest));
    assert.ok(sameBytes(body, bytes));
    assert.is(parts.upstream.sent(digest).most, 1);
    const resumed = parts.events.of('transfer-resumed').map(({ offset }) => offset);
    assert.equal(resumed, [500, 800]);
  });

  it('makes no further attempt once it is stopped, and keeps what has come', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.scripts.push({ cutAt: 500 });
    const pulling = outcome(pull(parts, digest));
    await settle();
    parts.transfers.stop();
    parts.clock.advance(60_000);
    assert.instance(await pulling, UpstreamUnreachable);
    await parts.background.idle();
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.sent(digest).most, 1);
  });

  it('fails its readers when the upstream does not come back', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    parts.upstream.script = { cutAt: 500 };
    const failed = outcome(pull(parts, digest));
    assert.instance(await whileTimePasses(parts, failed), UpstreamUnreachable);
    assert.is(parts.events.of('transfer-failed').length, 1);
  });
});
