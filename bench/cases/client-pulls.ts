import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartClient } from '../../test/support/clients/client.ts';
import { startContainerd } from '../../test/support/clients/containerd.ts';
import { startDocker } from '../../test/support/clients/docker.ts';
import { unmountBelow } from '../../test/support/clients/mounts.ts';
import { pullLayered } from '../support/image-pull.ts';
import { isInPath } from '../support/requirements.ts';
import { seconds } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

const IMAGE = 'library/layered:latest';
const SETTLING_MS = 500;
/** Nobody listens there: a client that turns to the real Hub fails, and is not measured. */
const NOWHERE = 'http://127.0.0.1:9';

/** What users wait for: most of it is the client's own unpacking. */
export const clientPulls: BenchCase = {
  name: 'client-pulls',
  store: 'warm',
  rounds: 1,
  metrics: [
    { label: 'docker pull of 31 warm layers', better: 'less', format: seconds },
    { label: 'ctr images pull of 31 warm layers', better: 'less', format: seconds },
  ],
  measure: async ({ peer, signal }) => {
    await pullLayered(peer.url, signal);
    await sleep(SETTLING_MS, undefined, { signal });
    const docker = await pullWith(startDocker, ['dockerd', 'docker'], peer.url);
    const containerd = await pullWith(startContainerd, ['ctr'], peer.url);
    return [docker, containerd];
  },
};

/** With a daemon that is new; NaN where it is not installed, or where it may not run. */
async function pullWith(
  start: StartClient,
  programs: readonly string[],
  mirror: string,
): Promise<number> {
  const needed = [...programs, 'containerd', 'runc'];
  const there = await Promise.all(needed.map((program) => isInPath(program)));
  if (there.includes(false) || process.getuid?.() !== 0) return Number.NaN;
  // Short, since the path of a socket in it must be.
  const directory = await mkdtemp(join(tmpdir(), 'kb-'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    TMPDIR: directory,
    HTTPS_PROXY: NOWHERE,
  };
  try {
    const client = await start({ mirror, directory, env });
    try {
      const startedAt = performance.now();
      await client.pull(IMAGE);
      return performance.now() - startedAt;
    } finally {
      await client.stop();
    }
  } finally {
    unmountBelow(directory);
    await rm(directory, { recursive: true, force: true });
  }
}
