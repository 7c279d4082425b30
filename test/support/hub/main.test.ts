import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { testSuite } from '../suite.ts';

interface Urls {
  url: string;
  authUrl: string;
  cdnUrl: string;
  controlUrl: string;
}

const PROGRAM = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(...flags: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', PROGRAM, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('ended without a line');
}

testSuite('Hub double as a program', (it) => {
  it('prints its URLs, can be watched and disturbed, and stops on SIGTERM', async () => {
    const child = start('--no-auth');
    const { url, controlUrl } = JSON.parse(await firstLine(child)) as Urls;
    const manifest = `${url}/v2/library/alpine/manifests/3.20`;
    assert.is((await fetch(manifest, { method: 'HEAD' })).status, 200);
    const body = JSON.stringify({ server: 'registry', action: { type: 'status', status: 503 } });
    await fetch(`${controlUrl}/_faults`, { method: 'POST', body });
    assert.is((await fetch(manifest, { method: 'HEAD' })).status, 503);
    const arrivals = await fetch(`${controlUrl}/_arrivals`);
    assert.equal(await arrivals.json(), {
      summary: { 'manifest-head': 2 },
      bytes: { registry: 0, auth: 0, cdn: 0 },
      blobs: { bytes: 0, firstByteAt: null },
    });
    await fetch(`${controlUrl}/_faults/clear`, { method: 'POST' });
    await fetch(`${controlUrl}/_settings`, {
      method: 'POST',
      body: JSON.stringify({ auth: true }),
    });
    assert.is((await fetch(manifest, { method: 'HEAD' })).status, 401);
    child.kill('SIGTERM');
    assert.equal(await once(child, 'exit'), [0, null]);
  });
});
