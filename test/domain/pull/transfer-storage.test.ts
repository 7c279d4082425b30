import * as assert from 'uvu/assert';
import {
  Denied,
  StorageFailed,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { outcome, pull, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { readAll, sameBytes } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { ALPINE, BUSYBOX, pullParts, world } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const MIB = 1024 * 1024;

testSuite('a transfer whose storage fails', (it) => {
  for (const operation of ['stage', 'append', 'commit', 'discard', 'put'] as const) {
    it(`serves every byte when ${operation} fails, and says what was not stored`, async () => {
      const parts = pullParts();
      const { digest, bytes } = pushBlob(parts, 1000);
      parts.storage.broken.add(operation);
      const bodies = await Promise.all([1, 2, 3].map(() => pull(parts, digest)));
      assert.ok(bodies.every((body) => sameBytes(body, bytes)));
      await parts.background.idle();
      assert.is(parts.events.of('not-stored').length, 1);
      assert.is(parts.upstream.sent(digest).most, 1);
    });
  }

  it('serves every byte to fast and slow readers when it is full after some bytes', async () => {
    for (const room of [0, MIB, 5 * MIB, 19 * MIB]) {
      const parts = pullParts();
      const { digest, bytes } = pushBlob(parts, 20 * MIB);
      parts.upstream.script = { pieceSize: MIB };
      parts.storage.room = room;
      const slow = await parts.pullBlob.open(ALPINE, digest);
      const fast = pull(parts, digest);
      await settle();
      const bodies = await Promise.all([readAll(slow.reader), fast]);
      assert.ok(
        bodies.every((body) => sameBytes(body, bytes)),
        `room for ${room} bytes`,
      );
      assert.is(parts.upstream.sent(digest).most, 1);
    }
  });

  it('waits for the slowest reader rather than fill the memory', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 40 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    parts.storage.broken.add('stage');
    const slow = await parts.pullBlob.open(ALPINE, digest);
    await settle();
    const { total } = parts.upstream.sent(digest);
    assert.ok(total <= 10 * MIB, `${total} bytes were taken from the upstream`);
    assert.ok(sameBytes(await readAll(slow.reader), bytes));
  });

  it('goes on when it fails while its readers have read all that has come', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 30 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    const disk = new Gate();
    parts.storage.gates.set('append', () => disk.passed);
    const pulling = pull(parts, digest);
    await settle();
    parts.storage.broken.add('append');
    disk.open();
    assert.ok(sameBytes(await pulling, bytes));
  });

  it('ends the download once nobody reads what cannot be stored', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 40 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    parts.storage.broken.add('stage');
    const { reader } = await parts.pullBlob.open(ALPINE, digest);
    await settle();
    reader.close();
    await parts.background.idle();
    assert.ok(parts.upstream.downloads[0]?.isOver);
    assert.ok(parts.upstream.sent(digest).total <= 10 * MIB);
    assert.is(parts.transfers.get(digest), undefined);
  });

  it('says what was not stored though the upstream fails later, too', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    parts.storage.broken.add('append');
    parts.upstream.script = { cutAt: 500 };
    const failed = await whileTimePasses(parts, outcome(pull(parts, digest)));
    assert.instance(failed, UpstreamUnreachable);
    await parts.background.idle();
    assert.instance(parts.events.of('not-stored')[0]?.cause, StorageFailed);
  });

  it('downloads apart for a reader who comes too late for one that cannot be stored', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 30 * MIB);
    parts.storage.broken.add('stage');
    const middle = new Gate();
    parts.upstream.script = { pieceSize: MIB };
    parts.upstream.scripts.push({
      pieceSize: MIB,
      before: (offset) => (offset === 20 * MIB ? middle.passed : undefined),
    });
    const first = pull(parts, digest);
    await settle();
    const late = pull(parts, digest);
    await settle();
    middle.open();
    const bodies = await Promise.all([first, late]);
    assert.ok(bodies.every((body) => sameBytes(body, bytes)));
    assert.is(parts.upstream.count('fetchBlob'), 2);
  });

  it('lets one join late whose part is still to come', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 30 * MIB);
    parts.storage.broken.add('stage');
    const middle = new Gate();
    parts.upstream.script = {
      pieceSize: MIB,
      before: (offset) => (offset === 20 * MIB ? middle.passed : undefined),
    };
    const first = pull(parts, digest);
    await settle();
    const range = { kind: 'from', first: 25 * MIB, last: undefined } as const;
    const late = pull(parts, digest, ALPINE, range);
    await settle();
    middle.open();
    assert.ok(sameBytes(await late, bytes.subarray(25 * MIB)));
    assert.ok(sameBytes(await first, bytes));
    assert.is(parts.upstream.count('fetchBlob'), 1);
  });

  it('stores the next blob once it works again', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    parts.storage.broken.add('append');
    await pull(parts, digest);
    await parts.background.idle();
    parts.storage.broken.clear();
    await pull(parts, digest);
    await parts.background.idle();
    assert.is(await parts.storage.blobs.stat(digest), 1000);
  });
});

testSuite('what a transfer holds of the storage', (it) => {
  it('is given up once, when the last reader has left', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 10 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    const first = await parts.pullBlob.open(ALPINE, digest);
    const second = await parts.pullBlob.open(ALPINE, digest);
    await parts.background.idle();
    const [staged] = parts.storage.staged;
    await readAll(first.reader);
    assert.is(staged?.closed, 0);
    await readAll(second.reader);
    second.reader.close();
    assert.is(staged?.closed, 1);
    assert.is(staged?.misused, 0);
  });

  it('is given up without readers, too', async () => {
    const parts = pullParts();
    const { digest } = pushBlob(parts, 1000);
    const { reader } = await parts.pullBlob.open(ALPINE, digest);
    reader.close();
    await parts.background.idle();
    assert.is(parts.storage.staged[0]?.closed, 1);
  });

  it('can be read by one who joins when all has come and is not committed yet', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 10 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    const disk = new Gate();
    parts.storage.gates.set('commit', () => disk.passed);
    await pull(parts, digest);
    const late = await parts.pullBlob.open(ALPINE, digest);
    assert.is(late.source, 'hit');
    disk.open();
    await parts.background.idle();
    assert.ok(sameBytes(await readAll(late.reader), bytes));
    assert.is(parts.storage.staged[0]?.closed, 1);
  });

  it('can be read by one who joins when it is committed and not linked yet', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 10 * MIB);
    parts.upstream.script = { pieceSize: MIB };
    const disk = new Gate();
    parts.storage.gates.set('put', () => disk.passed);
    await pull(parts, digest);
    await settle();
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    disk.open();
    await parts.background.idle();
    assert.is(parts.upstream.count('fetchBlob'), 1);
    assert.is(parts.storage.staged[0]?.closed, 1);
    assert.is(parts.storage.staged[0]?.misused, 0);
  });

  it('goes to the next transfer when the upstream fails, and that goes on from there', async () => {
    const same = world();
    const before = pullParts({}, same);
    const { digest, bytes } = pushBlob(before, 1000);
    same.upstream.script = { cutAt: 500 };
    await whileTimePasses(before, outcome(pull(before, digest)));
    await before.background.idle();
    same.upstream.script = {};
    const after = pullParts({}, same);
    assert.ok(sameBytes(await pull(after, digest), bytes));
    assert.is(same.upstream.sent(digest).most, 1);
    assert.is(same.upstream.arrivals.at(-1)?.offset, 500);
  });

  it('is kept through an outage, and through a refusal to another repository', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    const cut = { cutAt: 500 };
    parts.upstream.scripts.push(cut, cut, cut, cut, { refusal: new Denied('no') });
    parts.upstream.scripts.push(...[1, 2, 3, 4].map(() => ({ refusal: new UpstreamTimeout('') })));
    for (const repository of [ALPINE, BUSYBOX, ALPINE]) {
      await whileTimePasses(parts, outcome(pull(parts, digest, repository)));
      await parts.background.idle();
    }
    assert.is(parts.upstream.scripts.length, 0);
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.sent(digest).most, 1);
  });

  it('is thrown away when it is wrong', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.scripts.push({ wrongAt: 10 }, {});
    await outcome(pull(parts, digest));
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.arrivals.at(-1)?.offset, 0);
  });
});
