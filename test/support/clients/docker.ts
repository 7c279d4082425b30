import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program, run } from '../program.ts';
import type { Client, ClientOptions } from './client.ts';
import { requirePrograms } from './installed.ts';

/** A docker daemon, and the command for it. */
export interface Dockerd {
  readonly docker: (...args: string[]) => Promise<string>;
  /** A command that goes on. */
  readonly follow: (...args: string[]) => Program;
  readonly stop: () => Promise<void>;
}

/** dockerd, a daemon of its own, with this daemon.json. */
export async function startDockerd(
  { directory, env }: Omit<ClientOptions, 'mirror'>,
  daemonJson: string,
): Promise<Dockerd> {
  requirePrograms(['dockerd', 'docker', 'containerd', 'runc']);
  const host = `unix://${join(directory, 's')}`;
  // Named, so that the machine's own configuration is not read.
  const configuration = join(directory, 'daemon.json');
  await writeFile(configuration, daemonJson);
  const places = {
    '--config-file': configuration,
    '--data-root': join(directory, 'data'),
    '--exec-root': join(directory, 'exec'),
    '--pidfile': join(directory, 'pid'),
    '--host': host,
  };
  const offline = ['--bridge=none', '--iptables=false'];
  const flags = [...Object.entries(places).flat(), ...offline];
  const daemon = new Program('dockerd', flags, { env, graceMs: 30_000 });
  await daemon.until('it listened', ({ stderr }) => /API listen on/.exec(stderr)?.[0]);
  return {
    docker: (...args) => run('docker', ['--host', host, ...args], { env }),
    follow: (...args) => new Program('docker', ['--host', host, ...args], { env }),
    stop: async () => void (await daemon.stop()),
  };
}

/** dockerd with a registry mirror. */
export async function startDocker({ mirror, ...options }: ClientOptions): Promise<Client> {
  const daemonJson = JSON.stringify({ 'registry-mirrors': [mirror] });
  return dockerClient(await startDockerd(options, daemonJson));
}

export function dockerClient({ docker, stop }: Dockerd): Client {
  return {
    pull: async (name) => void (await docker('pull', name)),
    read: (name) => docker('run', '--rm', '--network', 'none', name),
    remove: async (name) => void (await docker('rmi', '--force', name)),
    stop,
  };
}
