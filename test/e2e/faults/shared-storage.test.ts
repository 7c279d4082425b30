import * as assert from 'uvu/assert';
import { FilesystemStorage } from '../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { parseDigest } from '../../../src/domain/digest.ts';
import { type EmbeddedMirror, embeddedMirror } from '../../support/embedded-mirror.ts';
import { eventually } from '../../support/eventually.ts';
import { FaultyDisk } from '../../support/faulty-disk.ts';
import { Gate } from '../../support/gate.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { image, randomLayer } from '../../support/oci-image.ts';
import type { Layer } from '../../support/oci-layer.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { ask, assertIsBlobOf, begin, type Got } from './client.ts';

const SIZE = 3 * 1024 * 1024;
const HALF = SIZE / 2;
const REPOSITORY = 'library/large';
const OTHER = 'library/other';

testSuite('Two mirrors over one directory, of which one downloads', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  let first: EmbeddedMirror;
  let second: EmbeddedMirror;
  let blob: Layer;
  let disk: FaultyDisk;
  let seed = 1000;
  it.beforeEach(async () => {
    hub = await startHub();
    directory = await tempDirectory();
    blob = randomLayer(SIZE, ++seed);
    hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
    disk = new FaultyDisk();
    first = await start(new FilesystemStorage({ rootDirectory: directory.path, disk }));
    second = await start();
  });
  it.afterEach(async () => {
    await first.close();
    await second.close();
    await hub.close();
    await directory.remove();
  });

  function start(storage?: FilesystemStorage): Promise<EmbeddedMirror> {
    const env = { STORAGE: 'filesystem', STORAGE_FILESYSTEM_ROOTDIRECTORY: directory.path };
    return embeddedMirror({ upstream: hub.url, env, storage, clock: new SwiftClock(1) });
  }

  function get(
    mirror: EmbeddedMirror,
    repository = REPOSITORY,
    piece?: (bytes: number) => void,
  ): Promise<Got> {
    const url = `${mirror.url}/v2/${repository}/blobs/${blob.digest}`;
    return ask(url, piece === undefined ? {} : { piece });
  }

  /** The first mirror's download stops half-way; the gate lets it go on. */
  function heldHalfWay(): Gate {
    const gate = new Gate();
    const action = { type: 'hold', until: gate.passed, after: HALF } as const;
    hub.faults.add({ server: 'cdn', times: 1, action });
    return gate;
  }

  /** Begins, and resolves when so many bytes of it are here; the rest is `rest`. */
  function begun(
    mirror: EmbeddedMirror,
    bytes: number,
    repository?: string,
  ): Promise<{ rest: Promise<Got> }> {
    return begin(bytes, (piece) => get(mirror, repository, piece));
  }

  function assertIsBlob(got: Got): void {
    assertIsBlobOf(got, blob.digest);
  }

  it('never end wrong bytes as if they were right, at either of them', async () => {
    hub.faults.add({ server: 'cdn', times: 1, action: { type: 'corrupt', at: HALF } });
    const both = await Promise.all([get(first), begun(second, 1).then(({ rest }) => rest)]);
    for (const got of both) {
      if (got.isComplete) assertIsBlob(got);
    }
    assert.ok(both.some(({ isComplete }) => !isComplete));
    assertIsBlob(await get(first));
    assertIsBlob(await get(second));
  });

  it('cut the follower short when what it has read turns out to be wrong', async () => {
    const action = { type: 'corrupt', at: SIZE - 1 } as const;
    hub.cdn.bytesPerSecond = SIZE / 2;
    hub.faults.add({ server: 'cdn', times: 1, action });
    const one = await begun(first, HALF / 4);
    const other = await begun(second, HALF / 4);
    assert.not.ok((await one.rest).isComplete);
    assert.not.ok((await other.rest).isComplete);
    hub.cdn.bytesPerSecond = undefined;
    assertIsBlob(await get(second));
    assert.is(hub.arrivals.count('cdn-get'), 2);
  });

  it('serve both while the disk of the one that downloads takes nothing more', async () => {
    const gate = heldHalfWay();
    const one = await begun(first, HALF / 2);
    const other = await begun(second, HALF / 2);
    disk.fails({ errno: 'ENOSPC', calls: ['write'] });
    gate.open();
    assertIsBlob(await one.rest);
    // What it had read cannot be told from what comes now, so it may end short, but not wrong.
    const followed = await other.rest;
    if (followed.isComplete) assertIsBlob(followed);
    assertIsBlob(await get(second));
  });

  it('let another repository follow whose right the upstream confirms, without a download', async () => {
    hub.push(OTHER, image({ layers: [blob] }), { tags: ['latest'] });
    hub.cdn.bytesPerSecond = 4 * SIZE;
    const gate = heldHalfWay();
    const one = await begun(first, HALF / 2);
    const other = await begun(second, HALF / 2, OTHER);
    gate.open();
    assertIsBlob(await one.rest);
    assertIsBlob(await other.rest);
    const bytes = hub.arrivals.of('cdn-get').map(({ bytesSent }) => bytesSent);
    assert.is(bytes.filter((sent) => sent === SIZE).length, 1);
  });

  it('refuse it to a repository to which the upstream refuses it', async () => {
    hub.push(OTHER, image({ layers: [randomLayer(10, 1)] }), { tags: ['latest'] });
    const gate = heldHalfWay();
    const one = await begun(first, HALF / 2);
    assert.is((await get(second, OTHER)).status, 404);
    gate.open();
    assertIsBlob(await one.rest);
    assert.is((await get(second, OTHER)).status, 404);
  });

  it('download it again when it is gone, whichever is asked', async () => {
    const { blobs } = first.storage;
    for (const mirror of [first, second, first]) {
      hub.arrivals.clear();
      const before = mirror.events('blob-stored').length;
      assertIsBlob(await get(mirror));
      assert.is(hub.arrivals.count('cdn-get'), 1);
      const isStored = (): boolean => mirror.events('blob-stored').length > before;
      await eventually(isStored, 'it is stored behind the answer');
      await eventually(() => blobs.delete(parseDigest(blob.digest)), 'it is removed');
    }
  });

  it('each ask for a refusal themselves, and keep nothing that waits', async () => {
    hub.faults.add({
      server: 'registry',
      kind: 'blob-get',
      action: { type: 'status', status: 404 },
    });
    const answers = await Promise.all([get(first), get(second)]);
    assert.equal(
      answers.map(({ status }) => status),
      [404, 404],
    );
    hub.faults.clear();
    const { records } = first.storage;
    const isFree = async (): Promise<boolean> => {
      return (await records.children('kagami/leases/blobs/sha256')).length === 0;
    };
    await eventually(isFree, 'the lease is given up behind the answer');
  });
});
