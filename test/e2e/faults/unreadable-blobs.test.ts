import * as assert from 'uvu/assert';
import { type DiskFault, FaultyDisk } from '../../support/faulty-disk.ts';
import { testSuite } from '../../support/suite.ts';
import { errorIn } from './client.ts';
import { type Scene, type SceneOptions, scenes } from './scene.ts';

/** Small blobs stay in memory; of this one every byte comes from the disk. */
const SIZE = 3 * 1024 * 1024;
const HALF = SIZE / 2;

/** What the disk does to a mirror that has everything, and whether the blob is of no use then. */
const TROUBLES: readonly (readonly [trouble: string, fault: DiskFault, isLost: boolean])[] = [
  ['cannot be opened', { errno: 'EACCES', calls: ['open'] }, false],
  ['cannot be opened among so many files', { errno: 'EMFILE', calls: ['open'] }, false],
  ['cannot be read', { errno: 'EIO', calls: ['read'] }, true],
  ['cannot be read beyond its middle', { errno: 'EIO', calls: ['read'], from: HALF }, true],
  ['has an unreadable last byte', { errno: 'EIO', calls: ['read'], from: SIZE - 1 }, true],
];

for (const verification of ['never', 'onread']) {
  testSuite(`A stored blob, with storage.verify: ${verification}`, (it) => {
    const scene = scenes(it);

    async function warm(options: SceneOptions = {}): Promise<{ made: Scene; disk: FaultyDisk }> {
      const disk = new FaultyDisk();
      const env = { STORAGE_VERIFY: verification };
      const made = await scene({ disk, env, layerSize: SIZE, moment: 'warm', ...options });
      await made.restart();
      await made.pullManifests();
      made.hub.arrivals.clear();
      return { made, disk };
    }

    for (const [trouble, fault, isLost] of TROUBLES) {
      it(`that ${trouble} is whole for its client, and is here again afterwards`, async () => {
        const { made, disk } = await warm();
        disk.fails(fault);
        made.assertIsLayer(await made.askForLayer());
        assert.is(made.hub.arrivals.count('blob-get'), 1);
        const [said] = made.mirror.events('unreadable');
        assert.match(String(said?.['error']), fault.errno);
        disk.works();
        made.hub.arrivals.clear();
        made.assertIsLayer(await made.askForLayer());
        assert.is(made.hub.arrivals.count('blob-get'), 0);
        await made.assertNothingWrongIsKept();
        const aside = await made.mirror.storage.records.children('kagami/quarantine');
        assert.is(aside.length, isLost ? 1 : 0);
      });
    }

    it('that cannot be read is downloaded once for all who are in the middle of it', async () => {
      const { made, disk } = await warm();
      disk.fails({ errno: 'EIO', calls: ['read'], from: HALF });
      const all = await Promise.all(Array.from({ length: 8 }, () => made.askForLayer()));
      for (const got of all) made.assertIsLayer(got);
      assert.ok(made.layerRequests.length <= 2, `${made.layerRequests.length} downloads`);
    });

    it('of which a part cannot be read gives that part all the same', async () => {
      const { made, disk } = await warm();
      disk.fails({ errno: 'EIO', calls: ['read'], from: HALF });
      const range = `bytes=${HALF - 1000}-${HALF + 999}`;
      const got = await made.askForLayer({ headers: { range } });
      assert.is(got.status, 206);
      const part = made.layer.bytes.subarray(HALF - 1000, HALF + 1000);
      assert.is(Buffer.compare(got.body, part), 0);
    });

    it('that neither the disk nor the upstream can give is not begun, and a 404', async () => {
      const { made, disk } = await warm({
        env: { PROXY_RETRIES: '0', STORAGE_VERIFY: verification },
      });
      disk.fails({ errno: 'EIO', calls: ['read'] });
      await made.hub.down('cdn');
      const got = await made.askForLayer();
      assert.equal([got.status, errorIn(got).code], [404, 'UNAVAILABLE']);
    });
  });
}

testSuite('A stored manifest that cannot be read', (it) => {
  const scene = scenes(it);

  it('is fetched once more, and is here again after a restart', async () => {
    const disk = new FaultyDisk();
    const made = await scene({ disk, moment: 'warm' });
    await made.restart();
    disk.fails({ errno: 'EIO', calls: ['read'] });
    await made.pullManifests();
    disk.works();
    // The index, which could not be read, is out of the new one's way; the image was not even found.
    const aside = await made.mirror.storage.records.children('kagami/quarantine');
    assert.is(aside.length, 1);
    made.hub.arrivals.clear();
    await made.restart();
    await made.pullManifests();
    assert.is(made.hub.arrivals.count('manifest-get'), 0);
  });
});
