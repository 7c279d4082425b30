import * as assert from 'uvu/assert';
import { linkedDigest } from '../../../src/domain/pull/repository-links.ts';
import { layerLinkKey, REPOSITORIES } from '../../../src/domain/registry-layout.ts';
import { digestNamed } from '../../support/bytes.ts';
import { ALPINE, BUSYBOX, pullParts, world } from '../../support/pull-parts.ts';
import { testSuite } from '../../support/suite.ts';

const DIGEST = digestNamed('a');
const KEY = layerLinkKey(ALPINE, DIGEST);

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

testSuite('RepositoryLinks', (it) => {
  it('writes the text of the digest, without a newline', async () => {
    const { links, storage } = pullParts();
    await links.linkLayer(ALPINE, DIGEST);
    assert.is(Buffer.from((await storage.records.get(KEY)) ?? []).toString(), DIGEST);
  });

  it('tells the links of one repository, and of layers, from others', async () => {
    const { links } = pullParts();
    await links.linkLayer(ALPINE, DIGEST);
    assert.ok(await links.hasLayer(ALPINE, DIGEST));
    assert.not(await links.hasLayer(BUSYBOX, DIGEST));
    assert.not(await links.hasRevision(ALPINE, DIGEST));
  });

  for (const broken of ['', 'sha256:', digestNamed('b'), `${DIGEST}\n`]) {
    it(`renews a link that says ${JSON.stringify(broken)}`, async () => {
      const same = world();
      await same.storage.records.put(KEY, Buffer.from(broken));
      const { links } = pullParts({}, same);
      assert.not(await links.hasLayer(ALPINE, DIGEST));
      await links.linkLayer(ALPINE, DIGEST);
      assert.ok(await pullParts({}, same).links.hasLayer(ALPINE, DIGEST));
    });
  }

  it('does not remember that a link is missing: another process may write it', async () => {
    const { links, storage } = pullParts();
    assert.not(await links.hasLayer(ALPINE, DIGEST));
    await storage.records.put(KEY, Buffer.from(DIGEST));
    assert.ok(await links.hasLayer(ALPINE, DIGEST));
  });

  it('writes a link again that another process has removed, though it is remembered', async () => {
    const { links, storage } = pullParts();
    await links.linkLayer(ALPINE, DIGEST);
    await storage.records.delete(KEY);
    assert.ok(await links.hasLayer(ALPINE, DIGEST));
    await links.linkLayer(ALPINE, DIGEST);
    assert.is(Buffer.from((await storage.records.get(KEY)) ?? []).toString(), DIGEST);
  });

  it('removes a link, and remembers it no more', async () => {
    const { links, storage } = pullParts();
    await links.linkLayer(ALPINE, DIGEST);
    await links.linkRevision(ALPINE, DIGEST);
    assert.ok(await links.unlinkLayer(ALPINE, DIGEST));
    assert.not(await links.unlinkLayer(ALPINE, DIGEST));
    assert.not(await links.hasLayer(ALPINE, DIGEST));
    assert.is(await storage.records.get(KEY), undefined);
    assert.ok(await links.hasRevision(ALPINE, DIGEST));
    await links.unlinkRevision(ALPINE, DIGEST);
    assert.equal(await all(links.repositoriesWithLinks()), []);
  });

  it('lists blobs, and the repositories that hold nothing but them', async () => {
    const { links } = pullParts();
    await links.linkLayer(ALPINE, DIGEST);
    await links.linkRevision(BUSYBOX, DIGEST);
    assert.equal(await all(links.layers(ALPINE)), [DIGEST]);
    assert.equal(await all(links.layers(BUSYBOX)), []);
    assert.equal((await all(links.repositoriesWithLinks())).sort(), [ALPINE, BUSYBOX]);
    assert.equal(await all(links.repositories()), [BUSYBOX]);
  });

  it('takes bytes of the right length that are no text for broken', () => {
    assert.not(linkedDigest(new Uint8Array(DIGEST.length).fill(0xff), DIGEST));
  });

  it('lists revisions, and passes over what is no digest', async () => {
    const { links, storage } = pullParts();
    await links.linkRevision(ALPINE, DIGEST);
    const folder = `${REPOSITORIES}/${ALPINE}/_manifests/revisions`;
    await storage.records.put(`${folder}/sha256/junk/link`, new Uint8Array(0));
    await storage.records.put(`${folder}/md5/0123/link`, new Uint8Array(0));
    assert.equal(await all(links.revisions(ALPINE)), [DIGEST]);
    assert.equal(await all(links.revisions(BUSYBOX)), []);
  });

  it('lists the repositories that hold a manifest, however deep, and passes over junk', async () => {
    const { links, storage } = pullParts();
    await links.linkRevision(ALPINE, DIGEST);
    await links.linkLayer(BUSYBOX, DIGEST);
    for (const name of ['library', 'a/b/c/d', 'lost+found', 'Not/A/Name']) {
      const folder = `${REPOSITORIES}/${name}/_manifests/revisions/sha256`;
      await storage.records.put(`${folder}/${'0'.repeat(64)}/link`, new Uint8Array(0));
    }
    assert.equal((await all(links.repositories())).sort(), ['a/b/c/d', 'library', ALPINE]);
  });
});
