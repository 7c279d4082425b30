import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program, run } from '../program.ts';
import type { Client, ClientOptions } from './client.ts';
import { requirePrograms } from './installed.ts';

/** dockerd with `--registry-mirror`, a daemon of its own, and the docker command. */
export async function startDocker({ mirror, directory, env }: ClientOptions): Promise<Client> {
  requirePrograms(['dockerd', 'docker', 'containerd', 'runc']);
  const host = `unix://${join(directory, 's')}`;
  // Named, so that the machine's own configuration is not read.
  const configuration = join(directory, 'daemon.json');
  await writeFile(configuration, '{}');
  const places = {
    '--config-file': configuration,
    '--data-root': join(directory, 'data'),
    '--exec-root': join(directory, 'exec'),
    '--pidfile': join(directory, 'pid'),
    '--host': host,
  };
  const offline = ['--bridge=none', '--iptables=false'];
  const flags = [...Object.entries(places).flat(), ...offline, '--registry-mirror', mirror];
  const daemon = new Program('dockerd', flags, { env, graceMs: 30_000 });
  await daemon.until('it listened', ({ stderr }) => /API listen on/.exec(stderr)?.[0]);
  const docker = (...args: string[]): Promise<string> =>
    run('docker', ['--host', host, ...args], { env });
  return {
    pull: async (name) => void (await docker('pull', name)),
    read: (name) => docker('run', '--rm', '--network', 'none', name),
    remove: async (name) => void (await docker('rmi', '--force', name)),
    stop: async () => void (await daemon.stop()),
  };
}
