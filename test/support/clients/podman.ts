import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../program.ts';
import type { Client, ClientOptions } from './client.ts';
import { requirePrograms } from './installed.ts';
import { writeRegistriesConf } from './registries-conf.ts';

/** podman as root, with storage of its own. */
export async function startPodman({ mirror, directory, env }: ClientOptions): Promise<Client> {
  requirePrograms(['podman', 'runc']);
  const configuration = join(directory, 'containers.conf');
  // Its own limits are higher than what a container within a container may ask for.
  await writeFile(configuration, '[containers]\ndefault_ulimits = []\n');
  const variables = {
    ...env,
    CONTAINERS_CONF: configuration,
    CONTAINERS_REGISTRIES_CONF: await writeRegistriesConf(directory, mirror),
  };
  const places = {
    '--root': join(directory, 'root'),
    '--runroot': join(directory, 'runroot'),
    '--tmpdir': join(directory, 'tmp'),
  };
  const machine = ['--storage-driver', 'vfs', '--runtime', 'runc', '--events-backend', 'none'];
  const flags = [...Object.entries(places).flat(), ...machine];
  const podman = (...args: string[]): Promise<string> =>
    run('podman', [...flags, ...args], { env: variables });
  return {
    pull: async (name) => void (await podman('pull', `docker.io/${name}`)),
    read: (name) => podman('run', '--rm', '--network', 'none', `docker.io/${name}`),
    remove: async (name) => void (await podman('rmi', '--force', `docker.io/${name}`)),
    stop: async () => void (await podman('rmi', '--all', '--force')),
  };
}
