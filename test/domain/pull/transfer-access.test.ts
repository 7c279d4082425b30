import * as assert from 'uvu/assert';
import { BlobUnknown, Denied } from '../../../src/domain/errors.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { outcome, pull, pushBlob, whileTimePasses } from '../../support/blob-pulls.ts';
import { sameBytes } from '../../support/bytes.ts';
import { ALPINE, BUSYBOX, pullParts } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const STRANGER = parseRepositoryName('evil/stranger');

testSuite('who may join a transfer', (it) => {
  it('lets the repository that asked first join without another question', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    const bodies = await Promise.all([1, 2, 3, 4].map(() => pull(parts, digest)));
    assert.ok(bodies.every((body) => sameBytes(body, bytes)));
    assert.is(parts.upstream.count('fetchBlob'), 1);
  });

  it('asks the upstream for another repository, without a second download', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000, BUSYBOX);
    parts.upstream.script = { before: () => settle() };
    const [first, second] = await Promise.all([pull(parts, digest), pull(parts, digest, BUSYBOX)]);
    assert.ok(sameBytes(first, bytes));
    assert.ok(sameBytes(second, bytes));
    assert.is(parts.upstream.sent(digest).most, 1);
    const { downloads } = parts.upstream;
    assert.is(downloads.filter(({ isCancelled }) => isCancelled).length, 1);
    await parts.background.idle();
    assert.ok(await parts.links.hasLayer(BUSYBOX, digest));
  });

  it('asks once for all the clients of that repository', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000, BUSYBOX);
    await pull(parts, digest);
    await parts.background.idle();
    parts.upstream.script = { before: () => settle() };
    const bodies = await Promise.all([1, 2, 3, 4].map(() => pull(parts, digest, BUSYBOX)));
    assert.ok(bodies.every((body) => sameBytes(body, bytes)));
    assert.is(parts.upstream.count('fetchBlob'), 2);
  });

  it('refuses a repository to which the upstream refuses the blob', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    parts.upstream.script = { before: () => settle() };
    parts.upstream.pushBlob(STRANGER, new Uint8Array(1), { digest: `sha256:${'0'.repeat(64)}` });
    const pulls = [pull(parts, digest), pull(parts, digest, STRANGER)];
    const [mine, strangers] = await Promise.all(pulls.map(outcome));
    assert.ok(mine instanceof Uint8Array && sameBytes(mine, bytes));
    assert.instance(strangers, BlobUnknown);
    await parts.background.idle();
    assert.not(await parts.links.hasLayer(STRANGER, digest));
  });

  it('does not refuse it to one because another, who asked first, was refused', async () => {
    const parts = pullParts();
    const { digest, bytes } = pushBlob(parts, 1000);
    await parts.links.linkLayer(ALPINE, digest);
    parts.upstream.scripts.push({ answerAfterMs: 100, refusal: new Denied('not for you') });
    const pulls = [pull(parts, digest, STRANGER), pull(parts, digest)];
    const both = Promise.all(pulls.map(outcome));
    const [strangers, mine] = await whileTimePasses(parts, both);
    assert.instance(strangers, Denied);
    assert.ok(mine instanceof Uint8Array && sameBytes(mine, bytes));
  });
});
