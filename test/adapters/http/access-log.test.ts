import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { servings } from './serving.ts';

testSuite('the access log', (it) => {
  const serve = servings(it);

  it('has one entry for each answer', async () => {
    const serving = await serve();
    const digest = serving.mirror.addBlob('a/b', Buffer.from('0123456789'));
    serving.mirror.source = 'joined';
    await serving.ask(`/v2/a/b/blobs/${digest}?ns=docker.io`);
    const { durationMs = -1, ...entry } = serving.entries[0] ?? {};
    assert.ok(durationMs >= 0);
    assert.equal(entry, {
      method: 'GET',
      path: `/v2/a/b/blobs/${digest}?ns=docker.io`,
      status: 200,
      bytes: 10,
      leftToProxy: undefined,
      source: 'joined',
      client: '127.0.0.1',
      aborted: false,
      error: undefined,
    });
  });

  it('counts the bytes of bodies that are sent', async () => {
    const serving = await serve();
    const manifest = serving.mirror.addManifest('a/b', '1', { schemaVersion: 2 });
    await serving.ask('/v2/a/b/manifests/1');
    await serving.ask('/v2/a/b/manifests/1', { method: 'HEAD' });
    const bytes = serving.entries.map((entry) => entry.bytes);
    assert.equal(bytes, [manifest.bytes.length, 0]);
  });

  it('names what failed', async () => {
    const serving = await serve();
    await serving.ask(`/v2/a/b/blobs/${sha256('x')}`);
    const [entry] = serving.entries;
    assert.is(entry?.status, 404);
    assert.match(String(entry?.error), /no such blob/);
  });
});
