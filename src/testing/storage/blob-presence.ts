import * as assert from 'node:assert/strict';
import type { DefineTest } from '../define-test.ts';
import { bytesOf, content, contentOf, listed, readAll, sameBytes, store } from './content.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

/** A file system may have a clock of its own, and round its times. */
const CLOCKS_DIFFER_MS = 60_000;

export function blobPresenceContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `stat, delete, set aside and list`, test, create }, (it) => {
    it('stat tells the size, and undefined for what is not there', async ({ blobs }) => {
      const one = content(1234);
      assert.equal(await blobs.stat(one.digest), undefined);
      await store(blobs, one);
      assert.equal(await blobs.stat(one.digest), 1234);
    });

    it('delete removes, and tells whether there was something', async ({ blobs }) => {
      const [one, other] = [content(100, 1), content(200, 2)];
      assert.equal(await blobs.delete(one.digest), false);
      await store(blobs, one);
      await store(blobs, other);
      assert.equal(await blobs.delete(one.digest), true);
      assert.equal(await blobs.delete(one.digest), false);
      assert.equal(await blobs.stat(one.digest), undefined);
      assert.equal(await bytesOf(blobs, one.digest), undefined);
      sameBytes(await bytesOf(blobs, other.digest), other.bytes);
    });

    it('deleteMany, where there is one, removes those that are there', async ({ blobs }) => {
      const contents = Array.from({ length: 5 }, (_, at) => content(10, at));
      const digests = contents.map(({ digest }) => digest);
      for (const each of contents.slice(0, 4)) await store(blobs, each);
      if (blobs.deleteMany === undefined) return;
      await blobs.deleteMany([]);
      await blobs.deleteMany(digests.slice(1));
      assert.deepEqual(await listed(blobs), [{ digest: digests[0], size: 10 }]);
      for (const digest of digests.slice(1)) assert.equal(await blobs.stat(digest), undefined);
    });

    it('what was deleted can be stored again', async ({ blobs }) => {
      const one = content(100);
      await store(blobs, one);
      await blobs.delete(one.digest);
      await store(blobs, one);
      sameBytes(await bytesOf(blobs, one.digest), one.bytes);
    });

    it('what is set aside is gone, and can be stored again', async ({ blobs }) => {
      const [one, other] = [content(100, 1), content(200, 2)];
      assert.equal(await blobs.setAside(one.digest), false);
      await store(blobs, one);
      await store(blobs, other);
      assert.equal(await blobs.setAside(one.digest), true);
      assert.equal(await blobs.setAside(one.digest), false);
      assert.equal(await blobs.stat(one.digest), undefined);
      assert.equal(await bytesOf(blobs, one.digest), undefined);
      assert.deepEqual(await listed(blobs), [{ digest: other.digest, size: 200 }]);
      await store(blobs, one);
      sameBytes(await bytesOf(blobs, one.digest), one.bytes);
    });

    it('what is set aside while it is read is read to its end', async ({ blobs }) => {
      const one = content(100_000);
      await store(blobs, one);
      const open = await blobs.open(one.digest);
      assert.ok(open);
      assert.equal(await blobs.setAside(one.digest), true);
      sameBytes(await readAll(open, 10_000), one.bytes);
      open.close();
    });

    it('list gives every committed blob once, and nothing else', async ({ blobs, records }) => {
      assert.deepEqual(await listed(blobs), []);
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
      assert.deepEqual(await listed(blobs), expected);
      staged.close();
    });

    it('list tells when a blob was stored, where the storage knows it', async ({ blobs }) => {
      const earliest = Date.now() - CLOCKS_DIFFER_MS;
      await store(blobs, content(10));
      for await (const { storedAtMs } of blobs.list()) {
        const isNow =
          storedAtMs !== undefined &&
          storedAtMs >= earliest &&
          storedAtMs <= Date.now() + CLOCKS_DIFFER_MS;
        assert.ok(isNow || storedAtMs === undefined, `${storedAtMs}`);
      }
    });

    it('list may be left early', async ({ blobs }) => {
      for (let seed = 0; seed < 5; seed++) await store(blobs, content(10, seed));
      for await (const { size } of blobs.list()) {
        assert.equal(size, 10);
        break;
      }
    });

    it('list goes on while blobs are deleted', async ({ blobs }) => {
      const contents = Array.from({ length: 20 }, (_, at) => content(10, at));
      for (const each of contents) await store(blobs, each);
      const seen = new Set<string>();
      for await (const { digest } of blobs.list()) {
        seen.add(digest);
        await blobs.delete(digest);
      }
      assert.equal(seen.size, contents.length);
      assert.deepEqual(await listed(blobs), []);
    });
  });
}
