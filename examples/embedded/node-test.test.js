/** With node:test: `node --test examples/embedded/node-test.test.js`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { createMirror, image, imageIndex } from 'kagami-registry';

const app = imageIndex('library/app:1.0', [
  image('amd64', { platform: 'linux/amd64', cmd: ['/bin/app'], files: { '/bin/app': 'amd64' } }),
  image('arm64', { platform: 'linux/arm64', cmd: ['/bin/app'], files: { '/bin/app': 'arm64' } }),
]);

test('an image for two platforms', async (t) => {
  const mirror = await createMirror({ upstream: [app] });
  t.after(() => mirror.close());
  const answer = await fetch(`${mirror.url}/v2/library/app/manifests/1.0`);
  const { manifests } = /** @type {{ manifests: unknown[] }} */ (await answer.json());
  assert.equal(manifests.length, 2);
});

test('a mirror in a server of our own, which tells what it stores', async (t) => {
  const mirror = await createMirror({ upstream: [app], listen: false });
  t.after(() => mirror.close());
  const server = createServer(mirror.handler).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  /** @type {string[]} */
  const stored = [];
  mirror.on('blob-stored', ({ digest }) => stored.push(digest));
  const [blob] = app.blobs;
  await (await fetch(`http://127.0.0.1:${port}/v2/library/app/manifests/1.0`)).arrayBuffer();
  await (
    await fetch(`http://127.0.0.1:${port}/v2/library/app/blobs/${blob?.digest}`)
  ).arrayBuffer();
  assert.deepEqual(stored, [blob?.digest]);
});
