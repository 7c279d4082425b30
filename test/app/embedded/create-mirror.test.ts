import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import {
  createMirror,
  type EmbeddedMirror,
  image,
  ListenFailed,
  type MirrorEvent,
  type MirrorOptions,
  type NamedImage,
  StorageFailed,
} from '../../../src/app/index.ts';
import { startHub } from '../../support/hub/hub-double.ts';
import { digestOf } from '../../support/oci-content.ts';
import * as built from '../../support/oci-image.ts';
import { writeLayout } from '../../support/oci-layout.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { manifestOf, pull } from './pull.ts';

const APP = image('library/app:1.0', { files: { '/hello': 'world' } });
const SMALL = built.image({ layers: [built.layer({ hello: 'world' })] });

/** A mirror for the time of `use`. */
async function withMirror<T>(
  options: MirrorOptions,
  use: (mirror: EmbeddedMirror) => Promise<T>,
): Promise<T> {
  const mirror = await createMirror(options);
  try {
    return await use(mirror);
  } finally {
    await mirror.close();
  }
}

function sizeOf({ manifests, blobs }: NamedImage): number {
  return [...manifests, ...blobs].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

testSuite('an embedded mirror', (it) => {
  it('serves images that were made in the test, from a free port of 127.0.0.1', () =>
    withMirror({ upstream: [APP] }, async (mirror) => {
      assert.match(mirror.url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.is(mirror.host, mirror.url.slice('http://'.length));
      assert.is(await pull(mirror.url, 'library/app', '1.0'), APP.digest);
    }));

  it('counts what it does', () =>
    withMirror({ upstream: [APP] }, async (mirror) => {
      const nothing = { hits: 0, stale: 0, misses: 0, joined: 0 };
      assert.equal(mirror.stats(), { ...nothing, bytesFromCache: 0, bytesFromUpstream: 0 });
      await pull(mirror.url, 'library/app', '1.0');
      const cold = { ...nothing, misses: 3, bytesFromCache: 0, bytesFromUpstream: sizeOf(APP) };
      assert.equal(mirror.stats(), cold);
      await pull(mirror.url, 'library/app', '1.0');
      assert.equal(mirror.stats(), { ...cold, hits: 3, bytesFromCache: sizeOf(APP) });
    }));

  it('counts what a proxy in front sends out of its storage', async () => {
    const directory = await tempDirectory();
    const storage = { filesystem: { rootdirectory: directory.path } };
    const http = { trustedproxies: ['127.0.0.1'], accel: { xsendfile: true } };
    await withMirror({ upstream: [APP], storage, http }, async (mirror) => {
      let awaited = APP.blobs.length;
      const stored = new Promise<void>((resolve) => {
        mirror.on('blob-stored', () => void (--awaited === 0 && resolve()));
      });
      await pull(mirror.url, 'library/app', '1.0');
      await stored;
      const { config } = await manifestOf(mirror.url, 'library/app', '1.0');
      const before = mirror.stats();
      const url = `${mirror.url}/v2/library/app/blobs/${config.digest}`;
      const answer = await fetch(url, { headers: { 'X-Sendfile-Type': 'X-Sendfile' } });
      assert.is((await answer.arrayBuffer()).byteLength, 0);
      const bytes = await readFile(answer.headers.get('x-sendfile') ?? '');
      assert.is(digestOf(bytes), config.digest);
      const { hits, bytesFromCache } = mirror.stats();
      assert.is(hits, before.hits + 1);
      assert.is(bytesFromCache, before.bytesFromCache + bytes.length);
    });
    await directory.remove();
  });

  it('counts who joins a download, whose bytes come once', async () => {
    const hub = await startHub();
    const blob = built.randomLayer(1024 * 1024);
    hub.push('library/app', built.image({ layers: [blob] }), { tags: ['1.0'] });
    hub.cdn.bytesPerSecond = blob.bytes.byteLength;
    await withMirror({ upstream: hub.url }, async (mirror) => {
      const url = `${mirror.url}/v2/library/app/blobs/${blob.digest}`;
      const [first, second] = [await fetch(url), await fetch(url)];
      hub.cdn.bytesPerSecond = undefined;
      for (const each of [first, second]) {
        assert.is(digestOf(new Uint8Array(await each.arrayBuffer())), blob.digest);
      }
      const { misses, joined, bytesFromUpstream } = mirror.stats();
      assert.equal({ misses, joined }, { misses: 1, joined: 1 });
      assert.is(bytesFromUpstream, blob.bytes.byteLength);
    });
    await hub.close();
  });

  it('counts what is stale among the hits', async () => {
    const hub = await startHub();
    hub.push('library/app', SMALL, { tags: ['1.0'] });
    await withMirror(
      { upstream: hub.url, proxy: { tags: { timeout: '100ms' } } },
      async (mirror) => {
        await manifestOf(mirror.url, 'library/app', '1.0');
        await hub.close();
        await manifestOf(mirror.url, 'library/app', '1.0');
        const { hits, stale, misses } = mirror.stats();
        assert.equal({ hits, stale, misses }, { hits: 1, stale: 1, misses: 1 });
      },
    );
  });

  it('tells those who listen, until they do no longer', () =>
    withMirror({ upstream: [APP] }, async (mirror) => {
      const stored: number[] = [];
      const moved: MirrorEvent[] = [];
      const off = mirror.on('blob-stored', ({ size }) => stored.push(size));
      mirror.on('tag-moved', (event) => moved.push(event));
      const [config, layer] = APP.blobs;
      await fetch(`${mirror.url}/v2/library/app/manifests/1.0`);
      await fetch(`${mirror.url}/v2/library/app/blobs/${config?.digest}`);
      off();
      await fetch(`${mirror.url}/v2/library/app/blobs/${layer?.digest}`);
      assert.equal(stored, [config?.bytes.byteLength]);
      assert.equal(moved, [
        {
          type: 'tag-moved',
          repository: 'library/app',
          tag: '1.0',
          from: undefined,
          to: APP.digest,
        },
      ]);
    }));

  it('mirrors a directory of image layouts, by its path or URL', async () => {
    const directory = await tempDirectory();
    await writeLayout(join(directory.path, 'library/app'), [{ content: SMALL, refName: '1.0' }]);
    for (const upstream of [directory.path, pathToFileURL(directory.path)]) {
      const digest = await withMirror({ upstream }, ({ url }) => pull(url, 'library/app', '1.0'));
      assert.is(digest, SMALL.manifest.digest);
    }
    await directory.remove();
  });

  it('mirrors a registry', async () => {
    const hub = await startHub();
    hub.push('library/app', SMALL, { tags: ['1.0'] });
    const digest = await withMirror({ upstream: new URL(hub.url) }, ({ url }) =>
      pull(url, 'library/app', '1.0'),
    );
    assert.is(digest, SMALL.manifest.digest);
    await hub.close();
  });

  it('keeps what it fetched where it is told to', async () => {
    const directory = await tempDirectory();
    const storage = { filesystem: { rootdirectory: directory.path } };
    await withMirror({ upstream: [APP], storage }, ({ url }) => pull(url, 'library/app', '1.0'));
    await withMirror({ upstream: [APP], storage, proxy: { offline: true } }, async (mirror) => {
      assert.is(await pull(mirror.url, 'library/app', '1.0'), APP.digest);
      assert.is(mirror.stats().bytesFromUpstream, 0);
    });
    assert.equal((await readdir(directory.path)).includes('docker'), true);
    await directory.remove();
  });

  it('takes the settings of the configuration', () =>
    withMirror({ upstream: [APP], http: { prefix: '/mirror/' } }, async ({ url }) => {
      assert.is(await pull(`${url}/mirror`, 'library/app', '1.0'), APP.digest);
      assert.is((await fetch(`${url}/v2/library/app/manifests/1.0`)).status, 404);
    }));

  it('listens where it is told to', async () => {
    const port = await freePort();
    await withMirror({ upstream: [APP], port }, async ({ url }) => {
      assert.is(url, `http://127.0.0.1:${port}`);
    });
    await withMirror({ upstream: [APP], http: { addr: '[::1]:0' } }, async ({ url }) => {
      assert.match(url, /^http:\/\/\[::1\]:\d+$/);
    });
  });

  it('logs if it is asked to', async () => {
    const lines: string[] = [];
    const logTo = (line: string): void => void lines.push(line);
    const log = { formatter: 'json', level: 'debug' } as const;
    await withMirror({ upstream: [APP], log, logTo }, ({ url }) => pull(url, 'library/app', '1.0'));
    const messages = lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.is(messages[0], 'kagami is ready');
    assert.ok(messages.includes('GET /v2/library/app/manifests/1.0'));
  });

  it('says what it would warn of', async () => {
    const options = { upstream: [APP], storage: { filesystem: { maxthreads: 5 } } };
    const directory = await tempDirectory();
    const filesystem = { ...options.storage.filesystem, rootdirectory: directory.path };
    await withMirror({ ...options, storage: { filesystem } }, async ({ warnings }) => {
      assert.equal(warnings, [
        'These settings are understood but have no effect in this version: storage.filesystem.maxthreads (options).',
      ]);
    });
    await directory.remove();
  });

  it('is gone when it is closed, as often as one likes', async () => {
    const mirror = await createMirror({ upstream: [APP] });
    await mirror.close();
    await mirror.close();
    await mirror[Symbol.asyncDispose]();
    await rejects(fetch(mirror.url), TypeError);
  });

  it('does not wait for an answer that nobody reads when it is closed', async () => {
    const large = image('library/large', { files: { large: new Uint8Array(64 * 1024 * 1024) } });
    const mirror = await createMirror({ upstream: [large] });
    const answer = await fetch(`${mirror.url}/v2/library/large/blobs/${large.blobs[1]?.digest}`);
    await mirror.close();
    await rejects(answer.arrayBuffer(), TypeError);
  });

  it('fails if it cannot listen, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await rejects(createMirror({ upstream: [APP], port }), ListenFailed);
    other.close();
    await once(other, 'close');
  });

  it('fails if its storage cannot be used', async () => {
    const storage = { filesystem: { rootdirectory: '/dev/null/nowhere' } };
    await rejects(createMirror({ upstream: [APP], storage }), StorageFailed);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
