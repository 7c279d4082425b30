import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { launchMirror, type MirrorProcess, startMirror } from '../support/mirror-process.ts';
import { image, randomLayer } from '../support/oci-image.ts';
import type { Program } from '../support/program.ts';
import { pullByTag } from '../support/pulls.ts';
import { hasNoStack } from '../support/quiet-about.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const WORKERS = 2;
const MIB = 1024 * 1024;
const SIZE = 16 * MIB;
const STOPPING = 'stopping: running answers may end; a second signal ends them at once';

/** The processes that a process has started. */
function childrenOf({ pid = 0 }: Program): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Whether it runs a program of its own: until then it is a copy of its parent, which waits for it. */
function isWorker(pid: number): boolean {
  return readFileSync(`/proc/${pid}/environ`, 'latin1').includes('NODE_UNIQUE_ID=');
}

testSuite('http.workers', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  let running: Program[] = [];
  it.beforeEach(async () => {
    hub = await startHub({ rateLimit: undefined });
    directory = await tempDirectory();
  });
  it.afterEach(async () => {
    for (const program of running) {
      program.kill();
      await program.ended;
    }
    running = [];
    await hub.close();
    await directory.remove();
  });

  function options(env: Record<string, string> = {}): Parameters<typeof startMirror>[0] {
    const workers = { REGISTRY_HTTP_WORKERS: String(WORKERS) };
    return { directory: directory.path, upstream: hub.url, env: { ...workers, ...env } };
  }

  async function start(): Promise<MirrorProcess> {
    const mirror = await startMirror(options());
    running.push(mirror.program);
    return mirror;
  }

  it('runs so many processes behind one port, which fetch each image once', async () => {
    hub.push('library/sample', sampleImage('by workers'), { tags: ['latest'] });
    const { url, program, log } = await start();
    assert.is(childrenOf(program).length, WORKERS);
    assert.is(log.filter(({ msg }) => msg === 'kagami is ready').length, 1);
    assert.is(log.find(({ msg }) => msg === 'kagami is ready')?.['workers'], WORKERS);
    const pulls = Array.from({ length: 12 }, () => pullByTag(url, 'library/sample', 'latest'));
    await Promise.all(pulls);
    for (const kind of ['manifest-get', 'cdn-get'] as const) {
      const asked = hub.arrivals.of(kind).map(({ reference }) => reference);
      assert.is(asked.length, new Set(asked).size, `${kind}\n${asked.join('\n')}`);
    }
  });

  it('replaces a worker that is killed, and its clients are served by the other', async () => {
    hub.push('library/sample', sampleImage('by the other'), { tags: ['latest'] });
    const mirror = await start();
    const [killed = 0, other] = childrenOf(mirror.program);
    process.kill(killed, 'SIGKILL');
    await pullByTag(mirror.url, 'library/sample', 'latest');
    await mirror.logged('a worker has ended by itself; another takes its place');
    await eventually(() => childrenOf(mirror.program).length === WORKERS, 'there are as many');
    const now = childrenOf(mirror.program);
    assert.ok(!now.includes(killed) && now.includes(other ?? 0));
    await mirror.stop();
  });

  it('lets running answers end when it is told to stop, however many are told', async () => {
    const blob = randomLayer(SIZE);
    hub.push('library/large', image({ layers: [blob] }), { tags: ['latest'] });
    hub.cdn.bytesPerSecond = 16 * MIB;
    const mirror = await start();
    const url = `${mirror.url}/v2/library/large/blobs/${blob.digest}`;
    const clients = await Promise.all([1, 2, 3, 4].map(() => download(url)));
    // As a terminal and systemd do it.
    for (const pid of childrenOf(mirror.program)) process.kill(pid, 'SIGTERM');
    mirror.program.signal('SIGTERM');
    await mirror.logged(STOPPING);
    for (const client of clients) assert.is(await client.digest(), blob.digest);
    assert.equal(await mirror.program.ended, { code: 0, signal: null });
    assert.is(hub.arrivals.bytes('cdn-get'), SIZE);
    hasNoStack(mirror.output);
  });

  it('ends at once at a second signal', async () => {
    const blob = randomLayer(SIZE);
    hub.push('library/large', image({ layers: [blob] }), { tags: ['latest'] });
    const mirror = await start();
    hub.cdn.bytesPerSecond = MIB;
    await download(`${mirror.url}/v2/library/large/blobs/${blob.digest}`);
    mirror.program.signal('SIGINT');
    await mirror.logged(STOPPING);
    mirror.program.signal('SIGINT');
    assert.equal(await mirror.program.ended, { code: 1, signal: null });
  });

  it('ends at a second signal though a worker never comes to the end of its start', async () => {
    const program = await launchMirror(options());
    running.push(program);
    await eventually(() => childrenOf(program).some(isWorker), 'a worker is started');
    await assertEndsWithoutIt(program);
  });

  it('ends at a second signal though a worker does nothing any more', async () => {
    const { program } = await start();
    await assertEndsWithoutIt(program);
  });

  it('leaves no worker behind when it is killed itself', async () => {
    const { program } = await start();
    const workers = childrenOf(program);
    process.kill(program.pid ?? 0, 'SIGKILL');
    await program.ended;
    await eventually(() => workers.every((pid) => !isAlive(pid)), 'no worker is left');
  });

  it('says once what keeps it from starting, and ends with the code for it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const program = await launchMirror(options({ REGISTRY_HTTP_ADDR: `127.0.0.1:${port}` }));
    assert.equal(await program.ended, { code: 4, signal: null });
    assert.is(program.stderr.match(/in use by another program/g)?.length, 1, program.stderr);
    server.close();
  });
});

/** One of its workers does nothing from now on, and would never end by itself. */
async function assertEndsWithoutIt(program: Program): Promise<void> {
  const [worker = 0] = childrenOf(program);
  process.kill(worker, 'SIGSTOP');
  program.signal('SIGTERM');
  await program.until(
    'it said that it stops',
    ({ stdout }) => stdout.includes(STOPPING) || undefined,
  );
  program.signal('SIGTERM');
  assert.equal(await program.ended, { code: 1, signal: null });
  assert.not.ok(isAlive(worker));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
