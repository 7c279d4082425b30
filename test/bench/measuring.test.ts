import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { BenchFailure } from '../../bench/support/bench-failure.ts';
import { Crowd, firstByteLag } from '../../bench/support/crowd.ts';
import { pullManifest } from '../../bench/support/image.ts';
import { pullLayered } from '../../bench/support/image-pull.ts';
import { fillLargeStore } from '../../bench/support/large-store.ts';
import { cpuSecondsOf, residentBytesOf } from '../../bench/support/processes.ts';
import { SlowClients } from '../../bench/support/slow-clients.ts';
import { throughput } from '../../bench/support/throughput.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { image, layer, randomLayer } from '../support/oci-image.ts';
import { RegistryStore } from '../support/registry-store.ts';
import { rejects, testSuite } from '../support/suite.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const SIZE = 2 * 1024 * 1024;
const SIGNAL = new AbortController().signal;

testSuite('Benchmark: clients', (it) => {
  let hub: HubDouble;
  it.beforeEach(async () => {
    hub = await startHub({ rateLimit: undefined, auth: false, redirect: false });
    const bench = image({ layers: [randomLayer(SIZE, 1), randomLayer(1000, 2)] });
    hub.push('library/bench', bench, { tags: ['latest'] });
    const layers = Array.from({ length: 5 }, (_, at) => layer({ [`file-${at}`]: 'x' }));
    hub.push('library/layered', image({ layers }), { tags: ['latest'] });
  });
  it.afterEach(() => hub.close());

  it('a crowd gets every byte, none before the Hub sent it', async () => {
    const { large } = await pullManifest(hub.url, SIGNAL);
    const crowd = await Crowd.gather(Array<string>(3).fill(large.url), SIGNAL);
    const served = await crowd.download();
    assert.is(hub.arrivals.bytes('blob-get'), 3 * SIZE);
    const begun = hub.arrivals.of('blob-get').map(({ firstByteAt = 0 }) => firstByteAt);
    assert.ok(firstByteLag(served, { firstByteAt: Math.min(...begun) }) >= 0);
    assert.ok(served.lastByteAt >= served.firstByteAt);
  });

  it('a stream is counted', async () => {
    const { large } = await pullManifest(hub.url, SIGNAL);
    const flow = await throughput(large.url, { connections: 2, seconds: 0.05 }, SIGNAL);
    assert.ok(flow.bytes >= 0 && flow.bytes <= hub.arrivals.bytes('blob-get') + SIZE);
  });

  it('slow clients that are sent away are a failure', async () => {
    const { large } = await pullManifest(hub.url, SIGNAL);
    hub.faults.add({ server: 'registry', kind: 'blob-get', action: { type: 'reset' } });
    const { message } = await rejects(SlowClients.begin(large.url, 3, SIGNAL), BenchFailure);
    assert.match(message, /lost/);
  });

  it('an image is pulled with a token, over redirects, each blob once', async () => {
    hub.settings.auth = true;
    hub.settings.redirect = true;
    const { bytes } = await pullLayered(hub.url, SIGNAL);
    assert.is(hub.arrivals.bytes('cdn-get'), bytes);
    assert.is(hub.arrivals.count('cdn-get'), 6);
    assert.is(hub.arrivals.count('token'), 1);
  });
});

testSuite('Benchmark: machine', (it) => {
  it('counts a process with its children, and nothing once they are gone', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & echo; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    assert.ok((await residentBytesOf(pid)) > 0);
    assert.ok((await residentBytesOf(process.pid)) > (await residentBytesOf(pid)));
    assert.ok((await cpuSecondsOf(process.pid)) > 0);
    // The whole group: its own child would go on.
    process.kill(-pid, 'SIGKILL');
    await once(child, 'exit');
    assert.is(await residentBytesOf(pid), 0);
  });

  it('makes a large store that is one of a registry', async () => {
    const directory = await tempDirectory();
    try {
      const root = join(directory.path, 'storage');
      await fillLargeStore(root, 150);
      await new RegistryStore(root).check();
    } finally {
      await directory.remove();
    }
  });
});
