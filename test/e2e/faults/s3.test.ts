import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { blobKey, layerLinkKey } from '../../../src/domain/registry-layout.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { eventually } from '../../support/eventually.ts';
import { type S3Double, startS3 } from '../../support/s3/s3-double.ts';
import { MIB, s3Variables } from '../../support/s3/s3-fixture.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { ask } from './client.ts';
import { REPOSITORY, type Scene, type SceneOptions, scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

/** Small blobs stay in memory; of this one every byte comes from the bucket, or goes there. */
const SIZE = 7 * MIB;

const CLIENTS = 20;

testSuite('A mirror whose cache is in a bucket', (it) => {
  const scene = scenes(it);
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function overS3(
    options: SceneOptions = {},
  ): Promise<{ s3: S3Double; made: Scene; staging: string }> {
    const [s3, directory] = await Promise.all([startS3(), tempDirectory()]);
    closing.push(
      () => s3.close(),
      () => directory.remove(),
    );
    const env = {
      ...s3Variables(s3, directory.path),
      STORAGE_S3_CHUNKSIZE: String(5 * MIB),
      STORAGE_REDIRECT_DISABLE: 'true',
      ...options.env,
    };
    const made = await scene({ layerSize: SIZE, ...options, env });
    return { s3, made, staging: directory.path };
  }

  it("keeps what it fetched in the registry's layout, and nothing in its directory", async () => {
    const { s3, made, staging } = await overS3();
    assert.is(await made.pull(), 'whole');
    await stored(s3, made);
    await made.mirror.close();
    for (const key of s3.store.objects.keys()) {
      assert.match(
        key,
        /^(docker\/registry\/v2\/(blobs|repositories)|kagami\/(access|tags|leases\/arrivals))\//,
      );
    }
    const data = s3.store.get(blobKey(made.layer.digest));
    assert.is(Buffer.compare(data.bytes, made.layer.bytes), 0);
    assert.is(data.amz['x-amz-acl'], undefined);
    assert.is(s3.store.uploads.size, 0);
    assert.equal(await readdir(join(staging, 'kagami/staging')), []);
  });

  it('downloads a blob once for another mirror of the bucket, too', async () => {
    // A lease lasts as long as it does for users: a busy machine must not outlast it.
    const clock = new SwiftClock(1);
    const { s3, made, staging } = await overS3({ clock });
    const env = { ...s3Variables(s3, `${staging}/other`), STORAGE_REDIRECT_DISABLE: 'true' };
    const other = await embeddedMirror({ upstream: made.hub.url, env, clock });
    closing.unshift(() => other.close());
    const { digest } = made.layer;
    const urls = [made.mirror.url, other.url].map(
      (url) => `${url}/v2/${REPOSITORY}/blobs/${digest}`,
    );
    const clients = Array.from({ length: CLIENTS }, (_, at) => ask(urls[at % 2] ?? ''));
    for (const got of await Promise.all(clients)) made.assertIsLayer(got);
    assert.is(made.layerRequests.length, 1);
    assert.is(made.layerBytes, SIZE);
  });

  it('removes the blobs of an image by one request', async () => {
    const { s3, made, staging } = await overS3({ moment: 'warm' });
    await stored(s3, made);
    const env = { ...s3Variables(s3, `${staging}/other`), STORAGE_REDIRECT_DISABLE: 'true' };
    const http = { mayDelete: true };
    const other = await embeddedMirror({ upstream: made.hub.url, env, http });
    closing.unshift(() => other.close());
    const { digest } = made.latest.manifest;
    const url = `${other.url}/v2/${REPOSITORY}/manifests/${digest}`;
    assert.is((await fetch(url, { method: 'DELETE' })).status, 202);
    assert.is(s3.count('DeleteObjects'), 1);
    assert.not(s3.store.objects.has(blobKey(made.layer.digest)));
  });

  it('keeps the bucket to its budget, together with another mirror of it', async () => {
    const clock = new SwiftClock(1);
    const budget = { PROXY_CACHE_MAXSIZE: String(2.5 * SIZE), PROXY_TTL: '0' };
    const { s3, made, staging } = await overS3({ clock, env: budget });
    s3.settings.pageSize = 5;
    const own = { ...s3Variables(s3, `${staging}/other`), STORAGE_REDIRECT_DISABLE: 'true' };
    const env = { ...own, ...budget };
    const other = await embeddedMirror({ upstream: made.hub.url, env, clock });
    closing.unshift(() => other.close());
    for (let round = 0; round < 6; round++) {
      made.move();
      const { url } = round % 2 === 0 ? made.mirror : other;
      assert.is(await tryPull(url, REPOSITORY, 'latest'), 'whole');
      await stored(s3, made);
      assert.ok(blobBytes(s3) <= 4.5 * SIZE, `${blobBytes(s3)} bytes are stored`);
    }
    await eventually(() => blobBytes(s3) <= 2.5 * SIZE, 'it is within its budget');
    assert.ok(s3.store.objects.has(blobKey(made.layer.digest)), 'what was pulled last stays');
    assert.ok(s3.count('DeleteObjects') > 0);
    assert.is(s3.count('DeleteObject', '/data'), 0);
    assert.equal([...made.mirror.events('upkeep-failed'), ...other.events('upkeep-failed')], []);
    await made.assertNothingWrongIsKept();
  });

  it('asks the bucket once for a hit, whole or in part', async () => {
    const { s3, made } = await overS3({ moment: 'warm' });
    await stored(s3, made);
    await made.restart();
    await made.pullManifests();
    made.hub.arrivals.clear();
    const { digest } = made.layer;
    const link = layerLinkKey(parseRepositoryName(REPOSITORY), digest);
    // Whether the repository may have the blob is read once, and then known.
    for (const [headers, ...more] of [[{}, link], [{ range: 'bytes=100-199' }], [{}]] as const) {
      s3.requests.length = 0;
      const got = await made.askForLayer({ headers });
      assert.is(got.status, 'range' in headers ? 206 : 200);
      assert.equal(
        s3.requests.map(({ operation, key }) => `${operation} ${key}`),
        [blobKey(digest), ...more].map((key) => `GetObject ${key}`),
      );
    }
    assert.is(made.hub.arrivals.count('blob-get'), 0);
  });

  it('asks the bucket for nothing if what is wanted is small and was wanted before', async () => {
    const { s3, made } = await overS3({ moment: 'warm', layerSize: 1000 });
    await stored(s3, made);
    assert.is(await made.pull(), 'whole');
    s3.requests.length = 0;
    assert.is(await made.pull(), 'whole');
    assert.equal(
      s3.requests.filter(({ key }) => key.includes('/blobs/')),
      [],
    );
  });

  it(`downloads a blob once for ${CLIENTS} clients, and stores it once`, async () => {
    const { s3, made } = await overS3();
    await made.pullManifests();
    const all = await Promise.all(Array.from({ length: CLIENTS }, () => made.askForLayer()));
    for (const got of all) made.assertIsLayer(got);
    assert.is(made.layerBytes, SIZE);
    await stored(s3, made);
    assert.is(s3.count('CompleteMultipartUpload', blobKey(made.layer.digest)), 1);
  });

  it('sends clients to the bucket for blobs, but answers HEAD itself', async () => {
    const { s3, made } = await overS3({
      moment: 'warm',
      env: { STORAGE_REDIRECT_DISABLE: 'false' },
    });
    await stored(s3, made);
    const got = await fetch(made.layerUrl, { redirect: 'manual' });
    assert.is(got.status, 307);
    assert.ok(got.headers.get('location')?.startsWith(`${s3.url}/${s3.bucket}/docker/registry/`));
    assert.is((await fetch(made.layerUrl, { method: 'HEAD' })).status, 200);
    made.hub.arrivals.clear();
    assert.is(await made.pull(), 'whole');
    assert.is(made.hub.arrivals.count('blob-get'), 0);
    s3.store.objects.delete(blobKey(made.layer.digest));
    assert.is(await made.pull(), 'whole', 'what is gone is fetched again');
  });

  it('serves from the Hub while the bucket is down, and goes on with it afterwards', async () => {
    const { s3, made } = await overS3({ moment: 'warm' });
    await stored(s3, made);
    await s3.close();
    assert.is(await made.pull(), 'whole');
    made.move();
    assert.is(await made.pull(), 'whole');
    await s3.listen();
    // It is asked again after a rest; what could not be stored then was kept.
    await eventually(async () => {
      assert.is(await made.pull(), 'whole');
      return s3.store.objects.has(blobKey(made.layer.digest));
    }, 'the layer comes into the bucket');
    await made.assertNothingWrongIsKept();
  });

  it('goes on with the Hub in the middle of a blob that the bucket stops giving', async () => {
    const { s3, made } = await overS3({ moment: 'warm' });
    await stored(s3, made);
    s3.fails({ operation: 'GetObject', times: 1, action: { kind: 'cut', after: MIB } });
    s3.fails({ operation: 'GetObject', action: { kind: 'reset' } });
    made.assertIsLayer(await made.askForLayer());
    assert.ok(s3.store.objects.has(blobKey(made.layer.digest)), 'the bucket is not to blame');
  });

  it('keeps serving when it may read but not write', async () => {
    const { s3, made } = await overS3();
    s3.fails({
      match: ({ method }) => ['PUT', 'POST'].includes(method),
      action: { kind: 'error', status: 403, code: 'AccessDenied' },
    });
    assert.is(await made.pull(), 'whole');
    assert.is(await made.pull(), 'whole');
    assert.ok(made.mirror.events('not-stored').length > 0);
    assert.is(s3.store.objects.size, 0);
  });
});

function blobBytes({ store }: S3Double): number {
  const blobs = [...store.objects].filter(([key]) => key.endsWith('/data'));
  return blobs.reduce((sum, [, { bytes }]) => sum + bytes.length, 0);
}

/** Clients have their bytes before the bucket has. */
async function stored(s3: S3Double, { layer }: Scene): Promise<void> {
  const link = layerLinkKey(parseRepositoryName(REPOSITORY), layer.digest);
  const keys = [blobKey(layer.digest), link];
  await eventually(() => keys.every((key) => s3.store.objects.has(key)), 'it is in the bucket');
}
