import * as assert from 'uvu/assert';
import { download } from '../support/download.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import { verified } from '../support/pulls.ts';
import { hasNoStack } from '../support/quiet-about.ts';
import { testSuite } from '../support/suite.ts';

const SIZE = 24 * 1024 * 1024;
const REPOSITORY = 'library/large';
const STOPPING = 'stopping: running answers may end; a second signal ends them at once';

testSuite('A mirror that is told to stop', (it) => {
  const blob = randomLayer(SIZE);
  let both: MirroredHub;
  let url = '';
  let release: (() => void) | undefined;
  it.beforeEach(async () => {
    both = await mirroredHub();
    both.hub.push(REPOSITORY, image({ layers: [blob] }), { tags: ['latest'] });
    url = `${both.url}/v2/${REPOSITORY}/blobs/${blob.digest}`;
  });
  it.afterEach(async () => {
    release?.();
    await both.close();
    hasNoStack(both.mirror.output);
  });

  /** The download of the blob at the Hub stops half-way until `release` is called. */
  function holdTheHub(): void {
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    const action = { type: 'hold', until, after: SIZE / 2 } as const;
    both.hub.faults.add({ server: 'cdn', action });
  }

  it('lets a client have the rest of what is here', async () => {
    await verified(both.url, REPOSITORY, 'blobs', blob.digest);
    const client = await download(url);
    client.pause();
    both.mirror.program.signal('SIGTERM');
    await both.mirror.logged(STOPPING);
    client.resume();
    assert.is(await client.digest(), blob.digest);
    assert.equal(await both.mirror.program.ended, { code: 0, signal: null });
  });

  it('lets a client have the rest of what is being downloaded, and keeps it', async () => {
    holdTheHub();
    const client = await download(url);
    both.mirror.program.signal('SIGTERM');
    await both.mirror.logged(STOPPING);
    release?.();
    assert.is(await client.digest(), blob.digest);
    assert.equal(await both.mirror.program.ended, { code: 0, signal: null });
    both.hub.arrivals.clear();
    await both.start();
    await verified(both.url, REPOSITORY, 'blobs', blob.digest);
    assert.is(both.hub.arrivals.count('cdn-get'), 0);
  });

  it('takes no new connection', async () => {
    holdTheHub();
    const client = await download(url);
    both.mirror.program.signal('SIGTERM');
    await both.mirror.logged(STOPPING);
    const refused = await download(`${both.url}/v2/`).catch(
      (error: NodeJS.ErrnoException) => error,
    );
    assert.is((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED');
    release?.();
    await client.digest();
    assert.equal(await both.mirror.program.ended, { code: 0, signal: null });
  });

  it('ends at once at a second signal', async () => {
    holdTheHub();
    const client = await download(url);
    both.mirror.program.signal('SIGTERM');
    await both.mirror.logged(STOPPING);
    both.mirror.program.signal('SIGTERM');
    assert.equal(await both.mirror.program.ended, { code: 1, signal: null });
    const broken = await client.digest().catch(String);
    assert.match(broken, /broke off/);
  });

  it('cuts off what has not ended in the time it has', async () => {
    await both.mirror.stop();
    await both.start({ REGISTRY_HTTP_DRAINTIMEOUT: '100ms' });
    holdTheHub();
    url = `${both.url}/v2/${REPOSITORY}/blobs/${blob.digest}`;
    const client = await download(url);
    both.mirror.program.signal('SIGTERM');
    const broken = await client.digest().catch(String);
    assert.match(broken, /broke off/);
    assert.equal(await both.mirror.program.ended, { code: 0, signal: null });
  });

  it('stops in the same way at SIGINT', async () => {
    both.mirror.program.signal('SIGINT');
    assert.equal(await both.mirror.program.ended, { code: 0, signal: null });
  });
});
