import * as assert from 'uvu/assert';
import { parseTag } from '../../../src/domain/reference.ts';
import { tagIndexKey, tagLinkKey } from '../../../src/domain/registry-layout.ts';
import { digestNamed } from '../../support/bytes.ts';
import { Gate } from '../../support/gate.ts';
import { linkOf } from '../../support/manifest-pulls.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { settle } from '../../support/settle.ts';
import { testSuite } from '../../support/suite.ts';

const TAG = parseTag('3.20');
const KEY = tagLinkKey(ALPINE, TAG);
const A = digestNamed('a');
const B = digestNamed('b');

async function write({ storage }: PullParts, text: string | Uint8Array): Promise<void> {
  await storage.records.put(KEY, Buffer.from(text));
}

testSuite('TagBook', (it) => {
  it('writes the links of the registry: where the tag points to, and all where it ever did', async () => {
    const parts = pullParts();
    await parts.tags.confirm(ALPINE, parts.tags.heard(TAG, A));
    await parts.tags.confirm(ALPINE, parts.tags.heard(TAG, B));
    assert.is(await linkOf(parts, TAG), B);
    for (const digest of [A, B]) {
      const link = await parts.storage.records.get(tagIndexKey(ALPINE, TAG, digest));
      assert.is(Buffer.from(link ?? []).toString(), digest);
    }
  });

  const links: [what: string, bytes: string | Uint8Array, known: string | undefined][] = [
    ['a digest', A, A],
    ['a digest with a newline', `${A}\n`, A],
    ['nothing', '', undefined],
    ['half a digest', A.slice(0, 20), undefined],
    ['what is no text', Uint8Array.of(0xff, 0xfe), undefined],
  ];
  for (const [what, bytes, known] of links) {
    it(`finds in a link of ${what} ${known === undefined ? 'nothing' : 'the digest'}`, async () => {
      const parts = pullParts();
      await write(parts, bytes);
      assert.is((await parts.tags.current(ALPINE, TAG))?.digest, known);
    });
  }

  it('heals a broken link', async () => {
    const parts = pullParts();
    await write(parts, '');
    await parts.tags.confirm(ALPINE, parts.tags.heard(TAG, A));
    assert.is(await linkOf(parts, TAG), A);
  });

  for (const junk of ['', '{', 'null', '[]', '{"digest":3,"checkedAtMs":"x"}']) {
    it(`knows no time of a check from ${JSON.stringify(junk)}`, async () => {
      const parts = pullParts();
      await write(parts, A);
      await parts.storage.records.put(`kagami/tags/${ALPINE}/_checks/3.20`, Buffer.from(junk));
      assert.equal((await parts.tags.current(ALPINE, TAG))?.checkedAtMs, undefined);
    });
  }

  it('lets the later answer hold, in whatever order their manifests come', async () => {
    const parts = pullParts();
    const earlier = parts.tags.heard(TAG, A);
    const later = parts.tags.heard(TAG, B);
    await parts.tags.confirm(ALPINE, later);
    parts.tags.remember(ALPINE, earlier);
    await parts.tags.confirm(ALPINE, earlier);
    assert.is((await parts.tags.current(ALPINE, TAG))?.digest, B);
    assert.is(await linkOf(parts, TAG), B);
  });

  it('comes to the same end in memory and in storage, however slow that is', async () => {
    const parts = pullParts();
    const disk = new Gate();
    parts.storage.gates.set('put', () => disk.passed);
    const first = parts.tags.confirm(ALPINE, parts.tags.heard(TAG, A));
    await settle();
    parts.storage.gates.clear();
    const second = parts.tags.confirm(ALPINE, parts.tags.heard(TAG, B));
    disk.open();
    await Promise.all([first, second]);
    assert.is((await parts.tags.current(ALPINE, TAG))?.digest, B);
    assert.is(await linkOf(parts, TAG), B);
  });

  it('tells of a move once, for all who find out about it at once', async () => {
    const parts = pullParts();
    const answers = [1, 2, 3].map(() => parts.tags.heard(TAG, A));
    await Promise.all(answers.map((answer) => parts.tags.confirm(ALPINE, answer)));
    assert.equal(parts.events.types, ['tag-moved']);
  });

  it('knows from then on what it is told to remember, stored or not', async () => {
    const parts = pullParts();
    await write(parts, A);
    parts.tags.remember(ALPINE, parts.tags.heard(TAG, B));
    assert.is((await parts.tags.current(ALPINE, TAG))?.digest, B);
    assert.is(await linkOf(parts, TAG), A);
  });

  it('lists the tags that have a link, and nothing that is no tag', async () => {
    const parts = pullParts();
    for (const name of ['3.20', '3.19']) {
      await parts.tags.confirm(ALPINE, parts.tags.heard(parseTag(name), A));
    }
    await parts.tags.confirm(ALPINE, parts.tags.heard(parseTag('gone'), A));
    await parts.tags.forget(ALPINE, parseTag('gone'));
    await parts.storage.records.put(KEY.replace('3.20', '-no-tag'), Buffer.from(A));
    assert.equal(await parts.tags.tags(ALPINE), ['3.19', '3.20']);
  });
});
