import * as assert from 'uvu/assert';
import type { RecordStore } from '../../../src/domain/ports/record-store.ts';
import { content, KIB } from './content.ts';
import { type CreateStorage, engineSuite, repeatUntil } from './engine-suite.ts';

const KEY = 'docker/registry/v2/repositories/library/alpine/_manifests/tags/3.22/current/link';
const TAGS = 'docker/registry/v2/repositories/library/alpine/_manifests/tags';
const RACERS = 20;

export function recordContract(name: string, create: CreateStorage): void {
  engineSuite(`${name}: records`, create, (it, storage) => {
    it('a record that nobody has put is undefined', async () => {
      const { records } = storage();
      assert.is(await records.get(KEY), undefined);
      assert.is(await records.get('kagami/unknown'), undefined);
    });

    it('a record is what was put', async () => {
      const { records } = storage();
      await records.put(KEY, Buffer.from('first'));
      assert.is(await text(records, KEY), 'first');
    });

    it('the last put counts, shorter or longer', async () => {
      const { records } = storage();
      for (const value of ['first', 'a much longer second', '3']) {
        await records.put(KEY, Buffer.from(value));
        assert.is(await text(records, KEY), value);
      }
    });

    const values: [name: string, value: Uint8Array][] = [
      ['nothing', Buffer.alloc(0)],
      ['every byte', Uint8Array.from({ length: 256 }, (_, at) => at)],
      ['1024 bytes', content(KIB).bytes],
      ['100 KiB', content(100 * KIB).bytes],
    ];
    for (const [title, value] of values) {
      it(`a value may be ${title}`, async () => {
        const { records } = storage();
        await records.put('kagami/some/value', value);
        assert.equal([...((await records.get('kagami/some/value')) ?? [])], [...value]);
        assert.ok(await records.get('kagami/some/value'));
      });
    }

    it('a value stays as it was put though the buffer is used again', async () => {
      const { records } = storage();
      const buffer = Buffer.from('before');
      await records.put('kagami/a', buffer);
      await records.putIfAbsent('kagami/b', buffer);
      buffer.fill('x');
      (await records.get('kagami/a'))?.fill(0);
      assert.is(await text(records, 'kagami/a'), 'before');
      assert.is(await text(records, 'kagami/b'), 'before');
    });

    it('readers see the old value or the new one while it is put', async () => {
      const { records } = storage();
      const allowed = Array.from({ length: 10 }, (_, at) => String(at).repeat(500 * (at + 1)));
      await records.put(KEY, Buffer.from(allowed[0] ?? ''));
      const putting = Promise.all(allowed.map((value) => records.put(KEY, Buffer.from(value))));
      await repeatUntil(putting, async () => {
        assert.ok(allowed.includes((await text(records, KEY)) ?? 'none'));
      });
    });

    it('putIfAbsent writes only if there is none', async () => {
      const { records } = storage();
      assert.is(await records.putIfAbsent(KEY, Buffer.from('first')), true);
      assert.is(await records.putIfAbsent(KEY, Buffer.from('second')), false);
      assert.is(await text(records, KEY), 'first');
      await records.put(KEY, Buffer.from('third'));
      assert.is(await records.putIfAbsent(KEY, Buffer.from('fourth')), false);
      assert.is(await text(records, KEY), 'third');
      await records.delete(KEY);
      assert.is(await records.putIfAbsent(KEY, Buffer.from('fifth')), true);
      assert.is(await text(records, KEY), 'fifth');
    });

    it(`one of ${RACERS} that put a record if absent has put it`, async () => {
      const { records } = storage();
      const racers = Array.from({ length: RACERS }, (_, at) => `racer ${at}`);
      const won = await Promise.all(racers.map((r) => records.putIfAbsent(KEY, Buffer.from(r))));
      assert.is(won.filter(Boolean).length, 1);
      assert.is(await text(records, KEY), racers[won.indexOf(true)]);
    });

    it('delete removes, and tells whether there was something', async () => {
      const { records } = storage();
      assert.is(await records.delete(KEY), false);
      await records.put(KEY, Buffer.from('value'));
      assert.is(await records.delete(KEY), true);
      assert.is(await records.delete(KEY), false);
      assert.is(await records.get(KEY), undefined);
    });

    it('puts succeed while neighbours are deleted', async () => {
      const { records } = storage();
      const work = Array.from({ length: RACERS }, async (_, at) => {
        const key = `kagami/busy/${at % 4}/record-${at}`;
        await records.put(key, Buffer.from('value'));
        assert.is(await records.delete(key), true);
        assert.is(await records.putIfAbsent(key, Buffer.from('value')), true);
        assert.is(await records.delete(key), true);
      });
      await Promise.all(work);
      assert.equal(await records.children('kagami/busy'), []);
    });

    it('children are the names directly below, in order, each once', async () => {
      const { records } = storage();
      for (const tag of ['b', 'a10', 'a2', 'B', 'ä', 'v1.0_x-y']) {
        await records.put(`${TAGS}/${tag}/current/link`, Buffer.from(tag));
        await records.put(`${TAGS}/${tag}/index/sha256/00/link`, Buffer.from(tag));
      }
      assert.equal(await records.children(TAGS), ['B', 'a10', 'a2', 'b', 'v1.0_x-y', 'ä']);
      assert.equal(await records.children(`${TAGS}/b`), ['current', 'index']);
      assert.equal(await records.children(`${TAGS}/b/current`), ['link']);
    });

    it('there are no children of what is unknown, a record, or the beginning of a name', async () => {
      const { records } = storage();
      await records.put(`${TAGS}/latest/current/link`, Buffer.from('x'));
      assert.equal(await records.children('docker/registry/v3'), []);
      assert.equal(await records.children(`${TAGS}/latest/current/link`), []);
      assert.equal(await records.children(`${TAGS}/late`), []);
    });

    it('what was deleted is no child any more', async () => {
      const { records } = storage();
      await records.put(`${TAGS}/a/current/link`, Buffer.from('x'));
      await records.put(`${TAGS}/b/current/link`, Buffer.from('x'));
      await records.delete(`${TAGS}/a/current/link`);
      assert.equal(await records.children(TAGS), ['b']);
      await records.delete(`${TAGS}/b/current/link`);
      assert.equal(await records.children(TAGS), []);
    });
  });
}

async function text(records: RecordStore, key: string): Promise<string | undefined> {
  const value = await records.get(key);
  return value && Buffer.from(value).toString();
}
