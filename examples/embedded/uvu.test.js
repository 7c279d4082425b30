/** With uvu: `node examples/embedded/uvu.test.js`. */
import { createMirror, image } from 'kagami-registry';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const app = image('library/app:1.0', { files: { '/hello': 'world' } });

/** @type {import('kagami-registry').EmbeddedMirror} */
let mirror;

const test = suite('a mirror of an image that was made here');

test.before(async () => {
  mirror = await createMirror({ upstream: [app] });
});
test.after(() => mirror.close());

test('asks the upstream once, and serves from memory from then on', async () => {
  const url = `${mirror.url}/v2/library/app/manifests/1.0`;
  for (const _ of [1, 2, 3]) {
    const answer = await fetch(url);
    assert.is(answer.headers.get('docker-content-digest'), app.digest);
    await answer.arrayBuffer();
  }
  const { misses, hits } = mirror.stats();
  assert.equal({ misses, hits }, { misses: 1, hits: 2 });
});

test.run();
