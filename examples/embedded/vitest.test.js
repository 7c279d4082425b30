/** With Vitest: `npx vitest run examples/embedded/vitest.test.js`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMirror, image } from 'kagami-registry';
import { afterAll, beforeAll, expect, test } from 'vitest';

const app = image('library/app:1.0', { files: { '/hello': 'world' } });

let rootdirectory = '';

beforeAll(async () => {
  rootdirectory = await mkdtemp(join(tmpdir(), 'mirror-'));
});
afterAll(() => rm(rootdirectory, { recursive: true }));

test('what was pulled once is there when the upstream is not', async () => {
  const storage = { filesystem: { rootdirectory } };
  const before = await createMirror({ upstream: [app], storage });
  await (await fetch(`${before.url}/v2/library/app/manifests/1.0`)).arrayBuffer();
  await before.close();

  const after = await createMirror({ proxy: { offline: true }, storage });
  const answer = await fetch(`${after.url}/v2/library/app/manifests/1.0`);
  expect(answer.headers.get('docker-content-digest')).toBe(app.digest);
  await answer.arrayBuffer();
  expect(after.stats()).toMatchObject({ hits: 1, misses: 0, bytesFromUpstream: 0 });
  await after.close();
});
