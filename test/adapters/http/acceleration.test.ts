import * as assert from 'uvu/assert';
import type { AccelerationOptions } from '../../../src/adapters/http/acceleration.ts';
import type { HttpOptions } from '../../../src/adapters/http/options.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { TooManyRequests } from '../../../src/domain/errors.ts';
import { testSuite } from '../../support/suite.ts';
import { type Answer, codeOf, type Serving, servings } from './serving.ts';

const NGINX: AccelerationOptions = { type: 'x-accel-redirect', prefix: '/kagami-blobs/' };
const APACHE: AccelerationOptions = { type: 'x-sendfile' };
const OFFER = { 'X-Sendfile-Type': 'X-Accel-Redirect' };
const BYTES = Buffer.from('0123456789');

function isSentFromHere({ headers, body }: Answer): void {
  assert.is(headers['x-accel-redirect'], undefined);
  assert.is(headers['x-sendfile'], undefined);
  assert.is(body.toString(), BYTES.toString());
}

testSuite('blobs that a proxy in front sends', (it) => {
  const serving = servings(it);
  let one: Serving;
  let digest: Digest;

  async function start(options: Partial<HttpOptions> = {}): Promise<void> {
    one = await serving({ trustedProxies: ['127.0.0.1'], acceleration: NGINX, ...options });
    digest = one.mirror.addBlob('library/alpine', BYTES);
    const key = 'docker/blobs/a/data';
    const file = { path: `/srv/a store/${key}`, key, size: BYTES.length };
    one.mirror.files.set(`library/alpine ${digest}`, file);
  }

  function get(headers: Record<string, string> = OFFER, method = 'GET'): Promise<Answer> {
    return one.ask(`/v2/alpine/blobs/${digest}?ns=docker.io`, { headers, method });
  }

  it('are named to nginx by their place in the storage, with all the headers and no byte', async () => {
    await start();
    const { status, headers, body } = await get();
    assert.is(status, 200);
    assert.is(headers['x-accel-redirect'], '/kagami-blobs/docker/blobs/a/data');
    assert.is(headers['x-sendfile'], undefined);
    assert.is(headers['content-type'], 'application/octet-stream');
    assert.is(headers['docker-content-digest'], digest);
    assert.is(headers.etag, `"${digest}"`);
    assert.is(headers['cache-control'], 'max-age=31536000');
    assert.is(headers['docker-distribution-api-version'], 'registry/2.0');
    assert.is(headers['oci-namespace'], 'docker.io');
    assert.is(headers['content-length'], '0');
    assert.is(body.length, 0);
    assert.equal(one.mirror.calls, [`fileOfBlob library/alpine ${digest}`], 'and are not opened');
  });

  it('are named to others by their whole path', async () => {
    await start({ acceleration: APACHE });
    const { headers, body } = await get({ 'X-Sendfile-Type': 'x-sendfile' });
    assert.is(headers['x-sendfile'], '/srv/a store/docker/blobs/a/data');
    assert.is(headers['x-accel-redirect'], undefined);
    assert.is(body.length, 0);
  });

  it('are those that it offers to send, and no others', async () => {
    await start();
    isSentFromHere(await get({}));
    isSentFromHere(await get({ 'X-Sendfile-Type': 'X-Sendfile' }));
    isSentFromHere(await get({ 'X-Accel-Redirect': 'X-Accel-Redirect' }));
  });

  it('are sent to whoever is not trusted, whatever it offers and forwards', async () => {
    const claim = { ...OFFER, 'X-Forwarded-For': '10.0.0.7' };
    await start({ trustedProxies: ['10.0.0.7'] });
    isSentFromHere(await get(claim));
    await start({ trustedProxies: [] });
    isSentFromHere(await get(claim));
  });

  it('are sent unless that is configured', async () => {
    await start({ acceleration: undefined });
    isSentFromHere(await get());
  });

  it('are sent, or said to be missing, if they are not in a file', async () => {
    await start();
    one.mirror.files.clear();
    isSentFromHere(await get());
    digest = one.mirror.addBlob('library/other', Buffer.from('other'));
    assert.is(codeOf(await get()), 'BLOB_UNKNOWN');
  });

  it('are sent from here if a header cannot name their file so that all proxies find it', async () => {
    await start({ acceleration: APACHE });
    for (const path of ['/srv/50%25/data', '/srv/ü/data', '/srv/a?b/data', '/srv/a\nb/data']) {
      const file = { path, key: 'data', size: BYTES.length };
      one.mirror.files.set(`library/alpine ${digest}`, file);
      isSentFromHere(await get({ 'X-Sendfile-Type': 'X-Sendfile' }));
    }
  });

  it('fail as ever', async () => {
    await start();
    one.mirror.failure = new TooManyRequests('later');
    assert.is((await get()).status, 429);
  });

  it('have their headers from Kagami, and are not sent if the client has them', async () => {
    await start();
    const head = await get(OFFER, 'HEAD');
    assert.is(head.headers['x-accel-redirect'], undefined);
    assert.is(head.headers['content-length'], '10');
    const known = await get({ ...OFFER, 'If-None-Match': `"${digest}"` });
    assert.is(known.status, 304);
    assert.is(known.headers['x-accel-redirect'], undefined);
  });

  it('are not named for a part that they do not have', async () => {
    await start();
    for (const range of ['bytes=10-', 'bytes=-0', 'bytes=x']) {
      const answer = await get({ ...OFFER, Range: range });
      assert.is(answer.status, 416, range);
      assert.is(answer.headers['content-range'], 'bytes */10');
      assert.is(answer.headers['x-accel-redirect'], undefined);
      assert.is(codeOf(answer), 'RANGE_INVALID');
    }
  });

  it('are hits in the log, with what they come to in place of what was sent', async () => {
    await start();
    for (const headers of [
      OFFER,
      { ...OFFER, Range: 'bytes=2-4' },
      { ...OFFER, Range: 'bytes=2-4', 'If-Range': '"x"' },
      {},
    ]) {
      await get(headers);
    }
    const told = one.entries.map(({ source, bytes, leftToProxy }) => [source, bytes, leftToProxy]);
    assert.equal(told, [
      ['hit', 0, 10],
      ['hit', 0, 3],
      ['hit', 0, 10],
      ['hit', 10, undefined],
    ]);
  });

  it('take no memory of the pool, whose every buffer is back', async () => {
    await start();
    await get();
    assert.is(one.server.pool.users, 0);
    assert.is(one.server.pool.lentBytes, 0);
  });
});
