import * as assert from 'uvu/assert';
import { bytesOf, content, contentOf, listed, readAll, sameBytes, store } from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

export function blobPresenceContract(name: string, create: CreateStorage): void {
  engineSuite(`${name}: stat, delete, set aside and list`, create, (it, storage) => {
    it('stat tells the size, and undefined for what is not there', async () => {
      const { blobs } = storage();
      const one = content(1234);
      assert.is(await blobs.stat(one.digest), undefined);
      await store(blobs, one);
      assert.is(await blobs.stat(one.digest), 1234);
    });

    it('delete removes, and tells whether there was something', async () => {
      const { blobs } = storage();
      const [one, other] = [content(100, 1), content(200, 2)];
      assert.is(await blobs.delete(one.digest), false);
      await store(blobs, one);
      await store(blobs, other);
      assert.is(await blobs.delete(one.digest), true);
      assert.is(await blobs.delete(one.digest), false);
      assert.is(await blobs.stat(one.digest), undefined);
      assert.is(await bytesOf(blobs, one.digest), undefined);
      sameBytes(await bytesOf(blobs, other.digest), other.bytes);
    });

    it('deleteMany, where there is one, removes those that are there', async () => {
      const { blobs } = storage();
      const contents = Array.from({ length: 5 }, (_, at) => content(10, at));
      const digests = contents.map(({ digest }) => digest);
      for (const each of contents.slice(0, 4)) await store(blobs, each);
      if (blobs.deleteMany === undefined) return;
      await blobs.deleteMany([]);
      await blobs.deleteMany(digests.slice(1));
      assert.equal(await listed(blobs), [{ digest: digests[0], size: 10 }]);
      for (const digest of digests.slice(1)) assert.is(await blobs.stat(digest), undefined);
    });

    it('what was deleted can be stored again', async () => {
      const { blobs } = storage();
      const one = content(100);
      await store(blobs, one);
      await blobs.delete(one.digest);
      await store(blobs, one);
      sameBytes(await bytesOf(blobs, one.digest), one.bytes);
    });

    it('what is set aside is gone, and can be stored again', async () => {
      const { blobs } = storage();
      const [one, other] = [content(100, 1), content(200, 2)];
      assert.is(await blobs.setAside(one.digest), false);
      await store(blobs, one);
      await store(blobs, other);
      assert.is(await blobs.setAside(one.digest), true);
      assert.is(await blobs.setAside(one.digest), false);
      assert.is(await blobs.stat(one.digest), undefined);
      assert.is(await bytesOf(blobs, one.digest), undefined);
      assert.equal(await listed(blobs), [{ digest: other.digest, size: 200 }]);
      await store(blobs, one);
      sameBytes(await bytesOf(blobs, one.digest), one.bytes);
    });

    it('what is set aside while it is read is read to its end', async () => {
      const { blobs } = storage();
      const one = content(100_000);
      await store(blobs, one);
      const open = await blobs.open(one.digest);
      assert.ok(open);
      assert.is(await blobs.setAside(one.digest), true);
      sameBytes(await readAll(open, 10_000), one.bytes);
      open.close();
    });

    it('list gives every committed blob once, and nothing else', async () => {
      const { blobs, records } = storage();
      assert.equal(await listed(blobs), []);
      const contents = Array.from({ length: 30 }, (_, at) => content(at + 1, at));
      for (const each of contents) await store(blobs, each);
      await store(blobs, contentOf(Buffer.alloc(0)));
      await store(blobs, contents[0] ?? content(1));
      await blobs.delete(contents[1]?.digest ?? content(2).digest);
      const staged = await blobs.stage(content(500, 500).digest);
      await staged.append([content(500, 500).bytes]);
      await records.put('kagami/a/b', Buffer.from('no blob'));
      const expected = [...contents.filter((_, at) => at !== 1), contentOf(Buffer.alloc(0))]
        .map(({ digest, bytes }) => ({ digest, size: bytes.length }))
        .sort((a, b) => (a.digest < b.digest ? -1 : 1));
      assert.equal(await listed(blobs), expected);
      staged.close();
    });

    it('list may be left early', async () => {
      const { blobs } = storage();
      for (let seed = 0; seed < 5; seed++) await store(blobs, content(10, seed));
      for await (const { size } of blobs.list()) {
        assert.is(size, 10);
        break;
      }
    });

    it('list goes on while blobs are deleted', async () => {
      const { blobs } = storage();
      const contents = Array.from({ length: 20 }, (_, at) => content(10, at));
      for (const each of contents) await store(blobs, each);
      const seen = new Set<string>();
      for await (const { digest } of blobs.list()) {
        seen.add(digest);
        await blobs.delete(digest);
      }
      assert.is(seen.size, contents.length);
      assert.equal(await listed(blobs), []);
    });
  });
}
