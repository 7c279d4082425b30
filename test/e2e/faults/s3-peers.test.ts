import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { blobKey } from '../../../src/domain/registry-layout.ts';
import { type EmbeddedMirror, embeddedMirror } from '../../support/embedded-mirror.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { Gate } from '../../support/gate.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { image, randomLayer } from '../../support/oci-image.ts';
import type { Layer } from '../../support/oci-layer.ts';
import { type S3Double, startS3 } from '../../support/s3/s3-double.ts';
import { MIB, s3Variables } from '../../support/s3/s3-fixture.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { ask, assertIsBlobOf, begin, type Got } from './client.ts';

const SIZE = 7 * MIB;
const HALF = SIZE / 2;
const REPOSITORY = 'library/large';
const CLIENTS = 20;
const SECRET = 'the same for all';

interface Peer {
  readonly mirror: EmbeddedMirror;
  readonly port: number;
}

function warningsOf({ log }: EmbeddedMirror): string[] {
  return log.filter(({ level }) => level === 'warn').map(({ msg }) => String(msg));
}

testSuite('Mirrors of one bucket that know of each other', (it) => {
  let hub: HubDouble;
  let s3: S3Double;
  let directory: TempDirectory;
  let blob: Layer;
  let peers: EmbeddedMirror[] = [];
  let seed = 3000;
  it.beforeEach(async () => {
    [hub, s3, directory] = await Promise.all([startHub(), startS3(), tempDirectory()]);
    blob = randomLayer(SIZE, ++seed);
    hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
  });
  it.afterEach(async () => {
    for (const peer of peers) await peer.close();
    peers = [];
    await hub.close();
    await s3.close();
    await directory.remove();
  });

  async function start(name: string, more: Record<string, string> = {}): Promise<Peer> {
    const port = await freePort();
    const env = {
      ...s3Variables(s3, `${directory.path}/${name}`),
      STORAGE_S3_CHUNKSIZE: String(5 * MIB),
      STORAGE_REDIRECT_DISABLE: 'true',
      HTTP_ADDR: `127.0.0.1:${port}`,
      HTTP_ADVERTISE: `http://127.0.0.1:${port}`,
      HTTP_SECRET: SECRET,
      ...more,
    };
    // A lease lasts as long as it does for users: a busy machine must not outlast it.
    const mirror = await embeddedMirror({ upstream: hub.url, env, clock: new SwiftClock(1) });
    peers.push(mirror);
    return { mirror, port };
  }

  function get({ url }: EmbeddedMirror, piece?: (bytes: number) => void): Promise<Got> {
    const asked = `${url}/v2/${REPOSITORY}/blobs/${blob.digest}`;
    return ask(asked, piece === undefined ? {} : { piece });
  }

  /** The Hub sends so much of the blob, and the rest when the gate is open. */
  function heldAt(bytes: number): Gate {
    const gate = new Gate();
    const action = { type: 'hold', until: gate.passed, after: bytes } as const;
    hub.faults.add({ server: 'cdn', times: 1, action });
    return gate;
  }

  /** Begins, and resolves when so many bytes of it are here; the rest is `rest`. */
  function begun(mirror: EmbeddedMirror, bytes: number): Promise<{ rest: Promise<Got> }> {
    return begin(bytes, (piece) => get(mirror, piece));
  }

  function assertIsBlob(got: Got): void {
    assertIsBlobOf(got, blob.digest);
  }

  function sentByHub(): number {
    return hub.arrivals.of('cdn-get').reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  function isStored(): boolean {
    return s3.store.objects.has(blobKey(parseDigest(blob.digest)));
  }

  it(`send ${CLIENTS} clients what comes for one of them, while it comes`, async () => {
    const [first, second] = [await start('first'), await start('second')];
    const gate = heldAt(HALF);
    const holder = await begun(first.mirror, HALF / 2);
    const others = await Promise.all(
      Array.from({ length: CLIENTS - 1 }, () => begun(second.mirror, HALF / 2)),
    );
    assert.not.ok(isStored(), 'it is not what is in the bucket that they got');
    gate.open();
    for (const { rest } of [holder, ...others]) assertIsBlob(await rest);
    assert.is(hub.arrivals.count('cdn-get'), 1);
    assert.is(sentByHub(), SIZE);
    await eventually(() => second.mirror.events('blob-stored').length > 0, 'it is linked there');
    assert.is(s3.count('CompleteMultipartUpload'), 1);
    assert.is(first.mirror.requests('/kagami/transfers/').length, 1);
    assert.equal([...warningsOf(first.mirror), ...warningsOf(second.mirror)], []);
  });

  it('go on with the download of one that is stopped, and no client notices', async () => {
    const [first, second] = [await start('first'), await start('second')];
    heldAt(HALF);
    const holder = await begun(first.mirror, HALF / 2);
    const other = await begun(second.mirror, HALF / 2);
    await first.mirror.close();
    assert.not.ok((await holder.rest).isComplete);
    assertIsBlob(await other.rest);
    const [, resumed, ...more] = hub.arrivals.of('cdn-get');
    assert.match(resumed?.headers.range ?? '', /^bytes=[1-9]\d+-/);
    assert.equal(more, []);
    assert.ok(sentByHub() < SIZE + MIB, `${sentByHub()} bytes were sent`);
    await eventually(isStored, 'it comes into the bucket');
  });

  it('go on with the next one that downloads it, when there are more than two', async () => {
    const first = await start('first');
    const [second, third] = [await start('second'), await start('third')];
    heldAt(HALF);
    const holder = await begun(first.mirror, HALF / 2);
    const others = [await begun(second.mirror, HALF / 2), await begun(third.mirror, HALF / 2)];
    const gate = heldAt(MIB);
    await first.mirror.close();
    assert.not.ok((await holder.rest).isComplete);
    await hub.arrivals.reached('cdn-get', 2);
    gate.open();
    for (const { rest } of others) assertIsBlob(await rest);
    assert.is(hub.arrivals.count('cdn-get'), 2);
  });

  it('wait for what is in the bucket if they have another secret, and say so once', async () => {
    const first = await start('first');
    const second = await start('second', { HTTP_SECRET: 'hunter2' });
    for (const _ of [1, 2]) {
      const gate = heldAt(HALF);
      const holder = await begun(first.mirror, HALF / 2);
      let received = 0;
      const other = get(second.mirror, (bytes) => {
        received = bytes;
      });
      await eventually(() => warningsOf(second.mirror).length > 0, 'it has asked');
      assert.is(received, 0);
      gate.open();
      assertIsBlob(await holder.rest);
      assertIsBlob(await other);
      blob = randomLayer(SIZE, ++seed);
      hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
    }
    assert.is(hub.arrivals.count('cdn-get'), 2);
    assert.equal(warningsOf(second.mirror), [
      `the mirror at http://127.0.0.1:${first.port}/ cannot be asked for what it downloads (403): give all mirrors of the bucket the same http.secret, and set their clocks. Until then its blobs are waited for until they are in the bucket`,
    ]);
    const logged = JSON.stringify([first.mirror.log, second.mirror.log]);
    assert.not.match(logged, new RegExp(`hunter2|${SECRET}`));
  });

  it('wait for what is in the bucket if one cannot be reached, or names no URL', async () => {
    const port = await freePort();
    const first = await start('first', { HTTP_ADVERTISE: `http://127.0.0.1:${port}` });
    const second = await start('second', { HTTP_ADVERTISE: '' });
    for (const [one, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const answers = await Promise.all([get(one.mirror), get(other.mirror)]);
      for (const got of answers) assertIsBlob(got);
      await eventually(isStored, 'it comes into the bucket');
      assert.is(hub.arrivals.count('cdn-get'), 1);
      hub.arrivals.clear();
      blob = randomLayer(SIZE, ++seed);
      hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
    }
  });

  it('wait for what is in the bucket if there is no room for it before', async () => {
    const first = await start('first');
    const second = await start('second', { STORAGE_S3_STAGINGSIZE: '2MiB' });
    const gate = heldAt(HALF);
    const holder = await begun(first.mirror, HALF / 2);
    const other = get(second.mirror);
    const { requests } = s3;
    const before = requests.length;
    await eventually(() => requests.length > before + 10, 'it has looked for it some times');
    gate.open();
    assertIsBlob(await holder.rest);
    assertIsBlob(await other);
    assert.is(hub.arrivals.count('cdn-get'), 1);
  });

  it('go on by themselves where one has no room for it, and no client notices', async () => {
    const first = await start('first', { STORAGE_S3_STAGINGSIZE: '2MiB' });
    const second = await start('second');
    const gate = heldAt(MIB);
    const holder = await begun(first.mirror, MIB / 2);
    const other = await begun(second.mirror, MIB / 2);
    gate.open();
    assertIsBlob(await holder.rest);
    assertIsBlob(await other.rest);
    await eventually(isStored, 'the other one stores it');
  });

  it('that stage in one directory need no URL, as processes of one mirror', async () => {
    const none = { HTTP_ADVERTISE: '', HTTP_SECRET: '' };
    const [first, second] = [await start('same', none), await start('same', none)];
    const gate = heldAt(HALF);
    const holder = await begun(first.mirror, HALF / 2);
    const other = await begun(second.mirror, HALF / 2);
    assert.not.ok(isStored());
    gate.open();
    for (const { rest } of [holder, other]) assertIsBlob(await rest);
    assert.is(sentByHub(), SIZE);
  });

  it('never end wrong bytes as if they were right, at any of them', async () => {
    const [first, second] = [await start('first'), await start('second')];
    hub.cdn.bytesPerSecond = 4 * SIZE;
    hub.faults.add({ server: 'cdn', times: 1, action: { type: 'corrupt', at: SIZE - 1 } });
    const one = await begun(first.mirror, HALF / 4);
    const other = await begun(second.mirror, HALF / 4);
    for (const got of [await one.rest, await other.rest]) {
      if (got.isComplete) assertIsBlob(got);
    }
    hub.cdn.bytesPerSecond = undefined;
    assertIsBlob(await get(second.mirror));
    assertIsBlob(await get(first.mirror));
  });
});
