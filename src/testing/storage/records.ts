import * as assert from 'node:assert/strict';
import type { RecordStore } from '../../domain/ports/record-store.ts';
import type { DefineTest } from '../define-test.ts';
import { content, KIB } from './content.ts';
import { type CreateStorage, engineSuite, repeatUntil } from './engine-suite.ts';

const KEY = 'docker/registry/v2/repositories/library/alpine/_manifests/tags/3.22/current/link';
const TAGS = 'docker/registry/v2/repositories/library/alpine/_manifests/tags';
const RACERS = 20;

export function recordContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: `records`, test, create }, (it) => {
    it('a record that nobody has put is undefined', async ({ records }) => {
      assert.equal(await records.get(KEY), undefined);
      assert.equal(await records.get('kagami/unknown'), undefined);
    });

    it('a record is what was put', async ({ records }) => {
      await records.put(KEY, Buffer.from('first'));
      assert.equal(await text(records, KEY), 'first');
    });

    it('the last put counts, shorter or longer', async ({ records }) => {
      for (const value of ['first', 'a much longer second', '3']) {
        await records.put(KEY, Buffer.from(value));
        assert.equal(await text(records, KEY), value);
      }
    });

    const values: [name: string, value: Uint8Array][] = [
      ['nothing', Buffer.alloc(0)],
      ['every byte', Uint8Array.from({ length: 256 }, (_, at) => at)],
      ['1024 bytes', content(KIB).bytes],
      ['100 KiB', content(100 * KIB).bytes],
    ];
    for (const [title, value] of values) {
      it(`a value may be ${title}`, async ({ records }) => {
        await records.put('kagami/some/value', value);
        assert.deepEqual([...((await records.get('kagami/some/value')) ?? [])], [...value]);
        assert.ok(await records.get('kagami/some/value'));
      });
    }

    it('a value stays as it was put though the buffer is used again', async ({ records }) => {
      const buffer = Buffer.from('before');
      await records.put('kagami/a', buffer);
      await records.putIfAbsent('kagami/b', buffer);
      buffer.fill('x');
      (await records.get('kagami/a'))?.fill(0);
      assert.equal(await text(records, 'kagami/a'), 'before');
      assert.equal(await text(records, 'kagami/b'), 'before');
    });

    it('readers see the old value or the new one while it is put', async ({ records }) => {
      const allowed = Array.from({ length: 10 }, (_, at) => String(at).repeat(500 * (at + 1)));
      await records.put(KEY, Buffer.from(allowed[0] ?? ''));
      const putting = Promise.all(allowed.map((value) => records.put(KEY, Buffer.from(value))));
      await repeatUntil(putting, async () => {
        assert.ok(allowed.includes((await text(records, KEY)) ?? 'none'));
      });
    });

    it('putIfAbsent writes only if there is none', async ({ records }) => {
      assert.equal(await records.putIfAbsent(KEY, Buffer.from('first')), true);
      assert.equal(await records.putIfAbsent(KEY, Buffer.from('second')), false);
      assert.equal(await text(records, KEY), 'first');
      await records.put(KEY, Buffer.from('third'));
      assert.equal(await records.putIfAbsent(KEY, Buffer.from('fourth')), false);
      assert.equal(await text(records, KEY), 'third');
      await records.delete(KEY);
      assert.equal(await records.putIfAbsent(KEY, Buffer.from('fifth')), true);
      assert.equal(await text(records, KEY), 'fifth');
    });

    it(`one of ${RACERS} that put a record if absent has put it`, async ({ records }) => {
      const racers = Array.from({ length: RACERS }, (_, at) => `racer ${at}`);
      const won = await Promise.all(racers.map((r) => records.putIfAbsent(KEY, Buffer.from(r))));
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal(await text(records, KEY), racers[won.indexOf(true)]);
    });

    it('delete removes, and tells whether there was something', async ({ records }) => {
      assert.equal(await records.delete(KEY), false);
      await records.put(KEY, Buffer.from('value'));
      assert.equal(await records.delete(KEY), true);
      assert.equal(await records.delete(KEY), false);
      assert.equal(await records.get(KEY), undefined);
    });

    it('puts succeed while neighbours are deleted', async ({ records }) => {
      const work = Array.from({ length: RACERS }, async (_, at) => {
        const key = `kagami/busy/${at % 4}/record-${at}`;
        await records.put(key, Buffer.from('value'));
        assert.equal(await records.delete(key), true);
        assert.equal(await records.putIfAbsent(key, Buffer.from('value')), true);
        assert.equal(await records.delete(key), true);
      });
      await Promise.all(work);
      assert.deepEqual(await records.children('kagami/busy'), []);
    });

    it('children are the names directly below, in order, each once', async ({ records }) => {
      for (const tag of ['b', 'a10', 'a2', 'B', 'ä', 'v1.0_x-y']) {
        await records.put(`${TAGS}/${tag}/current/link`, Buffer.from(tag));
        await records.put(`${TAGS}/${tag}/index/sha256/00/link`, Buffer.from(tag));
      }
      assert.deepEqual(await records.children(TAGS), ['B', 'a10', 'a2', 'b', 'v1.0_x-y', 'ä']);
      assert.deepEqual(await records.children(`${TAGS}/b`), ['current', 'index']);
      assert.deepEqual(await records.children(`${TAGS}/b/current`), ['link']);
    });

    it('there are no children of what is unknown, a record, or the beginning of a name', async ({
      records,
    }) => {
      await records.put(`${TAGS}/latest/current/link`, Buffer.from('x'));
      assert.deepEqual(await records.children('docker/registry/v3'), []);
      assert.deepEqual(await records.children(`${TAGS}/latest/current/link`), []);
      assert.deepEqual(await records.children(`${TAGS}/late`), []);
    });

    it('what was deleted is no child any more', async ({ records }) => {
      await records.put(`${TAGS}/a/current/link`, Buffer.from('x'));
      await records.put(`${TAGS}/b/current/link`, Buffer.from('x'));
      await records.delete(`${TAGS}/a/current/link`);
      assert.deepEqual(await records.children(TAGS), ['b']);
      await records.delete(`${TAGS}/b/current/link`);
      assert.deepEqual(await records.children(TAGS), []);
    });
  });
}

async function text(records: RecordStore, key: string): Promise<string | undefined> {
  const value = await records.get(key);
  return value && Buffer.from(value).toString();
}
