import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { LEASES } from '../../../../src/domain/registry-layout.ts';
import { eventually } from '../../../support/eventually.ts';
import { filesystemSuite } from './storage-fixture.ts';

const DAY = 24 * 60 * 60 * 1000;

filesystemSuite('filesystem: what is left of leases', (it, fixture) => {
  async function put(key: string, ageMs: number): Promise<string> {
    const path = join(fixture().root, LEASES, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{}');
    const then = new Date(Date.now() - ageMs);
    await utimes(path, then, then);
    return path;
  }

  it('goes when it is old, with its folders; what may be in use stays', async () => {
    const { root, another } = fixture();
    await put('tags/library/old/_tags/latest~', 2 * DAY);
    await put('blobs/sha256/of-one-that-died', 2 * DAY);
    await put('blobs/sha256/held', DAY / 2);
    await mkdir(join(root, LEASES, 'tags/made/up/_tags'), { recursive: true });
    const other = another();
    await other.start();
    const names = (): Promise<string[]> => readdir(join(root, LEASES));
    await eventually(async () => (await names()).join() === 'blobs');
    await eventually(async () => {
      const blobs = await readdir(join(root, LEASES, 'blobs/sha256'));
      return blobs.join() === 'held';
    });
  });

  it('takes nothing from those who put leases meanwhile', async () => {
    const { storage, another } = fixture();
    const putting = Array.from({ length: 20 }, async (_, at) => {
      const key = `${LEASES}/tags/library/${at}/_tags/latest`;
      assert.is(await storage.records.putIfAbsent(key, Uint8Array.of(at)), true);
      return storage.records.get(key);
    });
    const sweeping = Array.from({ length: 5 }, () => another().start());
    await Promise.all(sweeping);
    const found = await Promise.all(putting);
    assert.equal(
      found.map((bytes) => bytes?.[0]),
      [...found.keys()],
    );
  });
});
