import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { bytesOf, content, MIB, readAll, sameBytes, store } from '../contracts/storage/content.ts';
import { ask } from '../e2e/faults/client.ts';
import { REPOSITORY, type Scene, scenes } from '../e2e/faults/scene.ts';
import { embeddedMirror } from '../support/embedded-mirror.ts';
import { freePort } from '../support/free-port.ts';
import { Gate } from '../support/gate.ts';
import { s3Variables } from '../support/s3/s3-fixture.ts';
import { testSuite } from '../support/suite.ts';
import { SwiftClock } from '../support/swift-clock.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { emptied, ownStorage, stopServer, theServer } from './real-s3-suite.ts';

/** So that a lease lasts as long as it does for users. */
const REAL = new SwiftClock(1);

testSuite('A real S3 server', (it) => {
  it('takes a large blob in parts, and gives it whole and in part', async () => {
    const { engine, close } = await ownStorage();
    const large = content(23 * MIB + 7);
    await store(engine.blobs, large);
    sameBytes(await bytesOf(engine.blobs, large.digest), large.bytes);
    const range = { kind: 'from', first: 7 * MIB, last: 20 * MIB } as const;
    const part = await engine.blobs.open(large.digest, range);
    assert.ok(part);
    sameBytes(await readAll(part), large.bytes.subarray(7 * MIB, 20 * MIB + 1));
    part.close();
    await close();
  });

  it('keeps conditional writes', async () => {
    const warnings: string[] = [];
    const { engine, close } = await ownStorage({ warn: (text) => void warnings.push(text) });
    const racers = Array.from({ length: 10 }, (_, at) =>
      engine.records.putIfAbsent('kagami/race', Buffer.from(`${at}`)),
    );
    assert.is((await Promise.all(racers)).filter(Boolean).length, 1);
    assert.equal(warnings, []);
    await close();
  });

  it('gives a blob to those who have a presigned URL', async () => {
    const { engine, close } = await ownStorage({ redirects: { endpoint: undefined } });
    const one = content(1000);
    await store(engine.blobs, one);
    const url = (await engine.blobs.urlOf?.(one.digest)) ?? '';
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    assert.is(part.status, 206);
    sameBytes(Buffer.from(await part.arrayBuffer()), one.bytes.subarray(10, 20));
    assert.is((await fetch(url.replace(/.$/, 'x'))).status, 403);
    await close();
  });
});

testSuite('A mirror whose cache is in a real S3 server', (it) => {
  const scene = scenes(it);
  const closing: (() => Promise<void>)[] = [];
  let latest: { env: Record<string, string>; directory: string } | undefined;
  it.afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  it.after(stopServer);

  async function overS3(redirect: boolean, more: Record<string, string> = {}): Promise<Scene> {
    const [server, directory] = await Promise.all([theServer(), tempDirectory()]);
    const prefix = `kagami-test/${randomUUID()}`;
    closing.push(
      () => emptied(server, prefix),
      () => directory.remove(),
    );
    const env = {
      ...s3Variables(server, directory.path),
      STORAGE_S3_ROOTDIRECTORY: prefix,
      STORAGE_REDIRECT_DISABLE: String(!redirect),
      ...more,
    };
    latest = { env, directory: directory.path };
    return scene({ layerSize: 12 * MIB, env, clock: REAL });
  }

  /** How the scene that was opened last is configured. */
  function current(): { env: Record<string, string>; directory: string } {
    if (latest === undefined) throw new Error('there is no scene yet');
    return latest;
  }

  it('downloads a blob once for another mirror of the bucket, too', async () => {
    const made = await overS3(false);
    const { env, directory } = current();
    const own = { ...env, STORAGE_S3_STAGING: `${directory}/other` };
    const other = await embeddedMirror({ upstream: made.hub.url, env: own, clock: REAL });
    closing.unshift(() => other.close());
    const { digest } = made.layer;
    const urls = [made.mirror.url, other.url].map(
      (url) => `${url}/v2/${REPOSITORY}/blobs/${digest}`,
    );
    const clients = Array.from({ length: 20 }, (_, at) => ask(urls[at % 2] ?? ''));
    for (const got of await Promise.all(clients)) made.assertIsLayer(got);
    assert.is(made.layerRequests.length, 1);
    assert.is(made.layerBytes, made.layer.bytes.length);
  });

  it('gives another mirror of the bucket what it downloads, while it comes', async () => {
    const peer = await peerVariables();
    const made = await overS3(false, peer);
    const { env, directory } = current();
    const own = { STORAGE_S3_STAGING: `${directory}/other`, ...(await peerVariables()) };
    const upstream = made.hub.url;
    const other = await embeddedMirror({ upstream, env: { ...env, ...own }, clock: REAL });
    closing.unshift(() => other.close());
    const { digest, bytes } = made.layer;
    const gate = new Gate();
    const half = bytes.length / 2;
    made.layerMeets({ type: 'hold', until: gate.passed, after: half });
    const holder = made.askForLayer();
    const reached = new Gate();
    const url = `${other.url}/v2/${REPOSITORY}/blobs/${digest}`;
    const piece = (got: number): void => void (got >= half / 2 && reached.open());
    const clients = Array.from({ length: 19 }, () => ask(url, { piece }));
    await reached.passed;
    assert.is(await made.mirror.storage.blobs.stat(digest), undefined, 'it is not stored yet');
    gate.open();
    for (const got of await Promise.all([holder, ...clients])) made.assertIsLayer(got);
    assert.is(made.layerRequests.length, 1);
    assert.is(made.layerBytes, bytes.length);
  });

  for (const redirect of [false, true]) {
    const how = redirect ? 'sends clients there' : 'serves from it';
    it(`${how}, after a restart and while the Hub is down, too`, async () => {
      const made = await overS3(redirect);
      assert.is(await made.pull(), 'whole');
      await made.restart(); // it stores what has come before it ends
      made.hub.arrivals.clear();
      assert.is(await made.pull(), 'whole');
      assert.is(made.hub.arrivals.count('blob-get'), 0);
      const { status } = await fetch(made.layerUrl, { redirect: 'manual' });
      assert.is(status, redirect ? 307 : 200);
      for (const server of ['registry', 'auth', 'cdn'] as const) await made.hub.down(server);
      assert.is(await made.pull(), 'whole, stale');
      await made.assertNothingWrongIsKept();
    });
  }
});

/** Of a mirror that others of its bucket can ask. */
async function peerVariables(): Promise<Record<string, string>> {
  const address = `127.0.0.1:${await freePort()}`;
  const advertised = { HTTP_ADDR: address, HTTP_ADVERTISE: `http://${address}` };
  return { ...advertised, HTTP_SECRET: 'the same for all' };
}
