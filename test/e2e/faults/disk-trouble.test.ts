import * as assert from 'uvu/assert';
import { download } from '../../support/download.ts';
import { eventually } from '../../support/eventually.ts';
import { type DiskFault, FaultyDisk } from '../../support/faulty-disk.ts';
import { testSuite } from '../../support/suite.ts';
import { LAYER_SIZE, type Scene, scenes } from './scene.ts';

const LARGE = 48 * 1024 * 1024;
const WRITING = ['open', 'write', 'syncFile', 'mkdir', 'rename', 'link', 'syncFolder'] as const;

/** What the disk does to a mirror that has nothing yet, and what its operator reads of that. */
const COLD: readonly (readonly [trouble: string, fault: DiskFault, words: string])[] = [
  ['is full', { errno: 'ENOSPC', calls: ['write', 'mkdir'] }, 'no space left on the disk (ENOSPC)'],
  [
    'fills up in the middle of a blob',
    { errno: 'ENOSPC', calls: ['write'], from: LAYER_SIZE / 2 },
    'no space left on the disk (ENOSPC)',
  ],
  [
    'has room for the bytes and not for their last',
    { errno: 'ENOSPC', calls: ['syncFile'] },
    'no space left on the disk (ENOSPC)',
  ],
  [
    'has a quota that is used up',
    { errno: 'EDQUOT', calls: ['write'] },
    'the disk quota is used up (EDQUOT)',
  ],
  ['is read-only', { errno: 'EROFS', calls: WRITING }, 'the file system is read-only (EROFS)'],
  [
    'reports errors of writing',
    { errno: 'EIO', calls: ['write'] },
    'the disk reports an error (EIO)',
  ],
  [
    'reports errors when the bytes are to last',
    { errno: 'EIO', calls: ['syncFile', 'syncFolder'] },
    'the disk reports an error (EIO)',
  ],
  [
    'does not let blobs be moved',
    { errno: 'EACCES', calls: ['rename', 'link'] },
    'permission denied (EACCES)',
  ],
  [
    'has too many files open',
    { errno: 'EMFILE', calls: ['open'] },
    'this process has too many files open: raise its limit (ulimit -n) (EMFILE)',
  ],
  [
    'has too many files open in all',
    { errno: 'ENFILE', calls: ['open'] },
    'the system has too many files open (ENFILE)',
  ],
];

testSuite('A pull of what is not here', (it) => {
  const scene = scenes(it);

  for (const [trouble, fault, words] of COLD) {
    it(`is whole though the disk ${trouble}, which is said, and kept when that is over`, async () => {
      const disk = new FaultyDisk();
      const made = await scene({ disk });
      disk.fails(fault);
      assert.is(await made.pull(), 'whole');
      assert.is(await made.pull(), 'whole');
      const isSaid = (): boolean =>
        made.mirror.log.some(
          ({ level, error }) => level !== 'info' && String(error).includes(words),
        );
      await eventually(isSaid, 'it is said');
      disk.works();
      await made.assertNothingWrongIsKept();
      made.move();
      await isKept(made);
    });
  }

  it('waits for a slow client when nothing can be kept, and costs bounded memory', async () => {
    const disk = new FaultyDisk();
    const made = await scene({ disk, layerSize: LARGE });
    await made.pullManifests();
    disk.fails({ errno: 'ENOSPC', calls: ['write'] });
    const slow = await download(made.layerUrl);
    slow.pause();
    await standsStill(() => made.layerBytes);
    // What has come is in sockets and in a window of the mirror's, and not in memory without end.
    assert.ok(made.layerBytes < LARGE / 2, `${made.layerBytes} bytes`);
    const late = await download(made.layerUrl, { range: 'bytes=0-' });
    slow.resume();
    assert.is(await slow.digest(), made.layer.digest);
    assert.is(await late.digest(), made.layer.digest);
  });
});

/** Resolves when a number does not grow any more. */
async function standsStill(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isKept(made: Scene): Promise<void> {
  const isWarm = async (): Promise<boolean> => {
    made.hub.arrivals.clear();
    assert.is(await made.pull(), 'whole');
    const { 'manifest-head': heads, ...others } = made.hub.arrivals.summary();
    return heads === 1 && Object.keys(others).length === 0;
  };
  // What is stored is so behind the answer.
  await eventually(isWarm, 'it is kept');
}
