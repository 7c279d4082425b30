import * as assert from 'uvu/assert';
import {
  DigestMismatch,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { outcome, pull, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { sameBytes } from '../../support/bytes.ts';
import { type PullParts, pullParts } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const OUTAGES = [
  new UpstreamUnreachable('no connection'),
  new UpstreamTimeout('no answer'),
  new TooManyRequests('not now'),
];

testSuite('what an interrupted transfer leaves', (it) => {
  it('is gone on with by the next', async () => {
    const { parts, digest, bytes } = await interrupted();
    parts.upstream.script = {};
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.sent(digest).most, 1, 'each byte was sent once');
    assert.is(await parts.storage.blobs.stat(digest), bytes.byteLength);
  });

  for (const outage of OUTAGES) {
    it(`outlasts an outage that lets nothing through (${outage.name})`, async () => {
      const { parts, digest, bytes } = await interrupted();
      parts.upstream.script = { refusal: outage };
      await whileTimePasses(parts, outcome(pull(parts, digest)));
      await whileTimePasses(parts, outcome(pull(parts, digest)));
      parts.upstream.script = {};
      assert.ok(sameBytes(await pull(parts, digest), bytes));
      assert.is(parts.upstream.sent(digest).most, 1);
    });
  }

  it('is thrown away when the upstream makes no sense of it', async () => {
    const { parts, digest, bytes } = await interrupted();
    parts.upstream.script = { refusal: new UpstreamBadAnswer('416') };
    await whileTimePasses(parts, outcome(pull(parts, digest)));
    parts.upstream.script = {};
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.arrivals.at(-1)?.offset, 0);
  });

  it('is thrown away when it turns out to be wrong', async () => {
    const { parts, digest, bytes } = await interrupted();
    const staged = await parts.storage.blobs.stage(digest);
    await staged.discard();
    staged.close();
    const damaged = await parts.storage.blobs.stage(digest);
    await damaged.append([new Uint8Array(500)]);
    await damaged.suspend();
    damaged.close();
    parts.upstream.script = {};
    assert.instance(await outcome(pull(parts, digest)), DigestMismatch);
    assert.ok(sameBytes(await pull(parts, digest), bytes));
  });

  it('is not given out without asking, if it is the whole of a blob that no manifest lists', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    const staged = await parts.storage.blobs.stage(digest);
    await staged.append([bytes]);
    await staged.suspend();
    staged.close();
    assert.ok(sameBytes(await pull(parts, digest), bytes));
    assert.is(parts.upstream.arrivals.at(-1)?.offset, 0);
    assert.is(await parts.storage.blobs.stat(digest), 1000);
  });
});

/** A transfer of which 500 of 1000 bytes came before the upstream went away. */
async function interrupted(): Promise<{ parts: PullParts } & ReturnType<typeof pushBlob>> {
  const parts = pullParts();
  const pushed = pushBlob(parts, 1000);
  parts.upstream.scripts.push({ cutAt: 500 });
  parts.upstream.script = { refusal: new UpstreamUnreachable('gone') };
  const failed = await whileTimePasses(parts, outcome(pull(parts, pushed.digest)));
  assert.instance(failed, UpstreamUnreachable);
  return { parts, ...pushed };
}
