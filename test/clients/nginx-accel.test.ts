import type { OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { sameBytes } from '../support/bytes.ts';
import {
  BehindNginx,
  type Got,
  LOGIN,
  type Surroundings,
} from '../support/clients/behind-nginx.ts';
import { requirePrograms } from '../support/clients/installed.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { run } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

const REPOSITORY = 'library/app';
/** One that Kagami would otherwise keep in memory, and one that it would not. */
const LAYERS = [randomLayer(100_000, 1), randomLayer(3 * 1024 * 1024, 2)] as const;
const IMAGE = image({ layers: [...LAYERS] });
const [, { bytes: BYTES, digest: DIGEST }] = LAYERS;
const BLOB = `/v2/${REPOSITORY}/blobs/${DIGEST}`;
const SIZE = BYTES.length;

testSuite('Behind nginx that sends what is stored', (it) => {
  let scene: BehindNginx;

  /** With the image in Kagami's storage. */
  async function start(around: Omit<Surroundings, 'configuration' | 'fill'> = {}): Promise<void> {
    scene = await BehindNginx.start({
      configuration: 'kagami-accel.conf',
      fill: (hub) => hub.push(REPOSITORY, IMAGE, { tags: ['1'] }),
      ...around,
    });
    await copy('cold');
    for (const { digest } of LAYERS) await scene.both.mirror.stored(digest);
  }
  it.afterEach(() => scene.stop());

  async function copy(name: string): Promise<void> {
    requirePrograms(['skopeo']);
    const { both, nginx, authorityFile } = scene;
    const source = `docker://${new URL(nginx.url).host}/${REPOSITORY}:1`;
    const target = `oci:${join(both.directory.path, name)}`;
    const args = ['--insecure-policy', 'copy', '--src-creds', LOGIN, source, target];
    await run('skopeo', args, { env: { SSL_CERT_FILE: authorityFile } });
  }

  /** What Kagami has logged of the request for a blob that was the `count`th. */
  function logged(digest: string, count: number): Promise<Record<string, unknown>> {
    const message = `GET /v2/${REPOSITORY}/blobs/${digest}`;
    return scene.both.mirror.program.until(`${count} requests were logged`, () => {
      return scene.logged(message)[count - 1];
    });
  }

  const get = (headers: OutgoingHttpHeaders = {}): Promise<Got> => scene.get(BLOB, { headers });

  it('skopeo copies an image, of whose layers no byte comes from Kagami', async () => {
    await start();
    await copy('warm');
    for (const { digest, bytes } of LAYERS) {
      const cold = await logged(digest, 1);
      assert.equal([cold['bytes'], cold['source']], [bytes.length, 'miss']);
      const warm = await logged(digest, 2);
      assert.equal([warm['bytes'], warm['source']], [0, 'hit']);
      assert.is(warm['leftToProxy'], bytes.length);
    }
    assert.is(scene.both.hub.arrivals.count('cdn-get'), 3);
    assert.equal(scene.nginx.errors, []);
  });

  it('a blob has the headers that it has from Kagami', async () => {
    await start();
    const path = `${BLOB}?ns=docker.io`;
    const { answer, body } = await scene.get(path);
    assert.is(answer.statusCode, 200);
    assert.ok(sameBytes(body, BYTES));
    const direct = await fetch(scene.both.url + path);
    const own = new Headers(direct.headers);
    assert.ok(sameBytes(new Uint8Array(await direct.arrayBuffer()), BYTES), 'with its bytes');
    // What is between Kagami and a proxy, or one of the connection.
    for (const name of ['x-accel-buffering', 'connection', 'keep-alive', 'date']) own.delete(name);
    assert.equal(
      [...own].filter(([name, value]) => answer.headers[name] !== value),
      [],
    );
    const unknown = Object.keys(answer.headers).filter((name) => !own.has(name));
    assert.equal(unknown.sort(), ['connection', 'date', 'server']);
  });

  it('gives parts, by all the rules that Kagami has for them', async () => {
    await start();
    const etag = `"${DIGEST}"`;
    const cases = [
      [{ range: 'bytes=0-9' }, 206, 0, 9],
      [{ range: 'bytes=-10' }, 206, SIZE - 10, SIZE - 1],
      [{ range: `bytes=${SIZE - 5}-${SIZE + 5}` }, 206, SIZE - 5, SIZE - 1],
      [{ range: 'bytes=7-', 'if-range': etag }, 206, 7, SIZE - 1],
      [{ range: 'bytes=7-', 'if-range': '"another"' }, 200, 0, SIZE - 1],
      [{ range: 'bytes=7-', 'if-range': new Date().toUTCString() }, 200, 0, SIZE - 1],
      [{ range: 'bytes=0-1,5-6' }, 200, 0, SIZE - 1],
      [{ 'if-none-match': '"another"' }, 200, 0, SIZE - 1],
    ] as const;
    for (const [position, [headers, status, first, last]] of cases.entries()) {
      const { answer, body } = await get(headers);
      assert.is(answer.statusCode, status, JSON.stringify(headers));
      assert.ok(sameBytes(body, BYTES.subarray(first, last + 1)), JSON.stringify(headers));
      const range = status === 206 ? `bytes ${first}-${last}/${SIZE}` : undefined;
      assert.is(answer.headers['content-range'], range);
      const { bytes, leftToProxy } = await logged(DIGEST, position + 2);
      assert.equal([bytes, leftToProxy], [0, body.length]);
    }
    const known = await get({ 'if-none-match': etag });
    assert.is(known.answer.statusCode, 304);
    const beyond = await get({ range: `bytes=${SIZE}-` });
    assert.is(beyond.answer.statusCode, 416);
    assert.is(beyond.answer.headers['content-range'], `bytes */${SIZE}`);
    assert.match(beyond.body.toString(), 'RANGE_INVALID');
  });

  it('gives nobody what the password is for, and no file to a client', async () => {
    await start();
    const hex = DIGEST.slice('sha256:'.length);
    const file = `/kagami-blobs/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
    for (const [path, auth, status] of [
      [BLOB, null, 401],
      [file, null, 401],
      [file, LOGIN, 404],
    ] as const) {
      const { answer, body } = await scene.get(path, { auth });
      assert.is(answer.statusCode, status, path);
      assert.ok(body.length < 1000);
    }
  });

  it('a client that comes to Kagami directly gets its bytes from there', async () => {
    await start();
    const direct = await fetch(scene.both.url + BLOB);
    assert.is(direct.headers.get('x-accel-redirect'), null);
    assert.ok(sameBytes(new Uint8Array(await direct.arrayBuffer()), BYTES));
  });

  for (const [what, around] of [
    ['was removed in the last moment', { storage: '/nonexistent' }],
    ['is not allowed to nginx', { user: 'nobody nogroup' }],
  ] as const) {
    it(`Kagami sends a blob whose file ${what}`, async () => {
      await start(around);
      await copy('warm');
      // What a client says of the proxy does not count.
      const { answer, body } = await get({
        range: 'bytes=5-',
        'x-sendfile-type': 'X-Accel-Redirect',
      });
      assert.is(answer.statusCode, 206);
      assert.ok(sameBytes(body, BYTES.subarray(5)));
      assert.ok(scene.nginx.errors.length > 0);
      // The first is that of the cold copy, and two are those of the warm one.
      const [left, sent] = [await logged(DIGEST, 4), await logged(DIGEST, 5)];
      assert.equal([left['bytes'], left['leftToProxy']], [0, SIZE - 5]);
      assert.equal([sent['bytes'], sent['leftToProxy']], [SIZE - 5, undefined]);
    });
  }
});
