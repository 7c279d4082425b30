import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../program.ts';
import type { Client, ClientOptions } from './client.ts';
import { requirePrograms } from './installed.ts';
import { writeRegistriesConf } from './registries-conf.ts';

export type Podman = (...args: string[]) => Promise<string>;

/** podman as root, with storage and logins of its own, and this registries.conf. */
export async function podmanWith(
  { directory, env }: Omit<ClientOptions, 'mirror'>,
  registriesConf: string,
): Promise<Podman> {
  requirePrograms(['podman', 'runc']);
  const configuration = join(directory, 'containers.conf');
  // Its own limits are higher than what a container within a container may ask for.
  await writeFile(configuration, '[containers]\ndefault_ulimits = []\n');
  // Named, it has to be there.
  const logins = join(directory, 'auth.json');
  await writeFile(logins, '{}');
  const variables = {
    ...env,
    CONTAINERS_CONF: configuration,
    CONTAINERS_REGISTRIES_CONF: registriesConf,
    REGISTRY_AUTH_FILE: logins,
  };
  const places = {
    '--root': join(directory, 'root'),
    '--runroot': join(directory, 'runroot'),
    '--tmpdir': join(directory, 'tmp'),
  };
  const machine = ['--storage-driver', 'vfs', '--runtime', 'runc', '--events-backend', 'none'];
  const flags = [...Object.entries(places).flat(), ...machine];
  return (...args) => run('podman', [...flags, ...args], { env: variables });
}

export async function startPodman({ mirror, ...options }: ClientOptions): Promise<Client> {
  const registriesConf = await writeRegistriesConf(options.directory, mirror);
  return podmanClient(await podmanWith(options, registriesConf));
}

export function podmanClient(podman: Podman): Client {
  return {
    pull: async (name) => void (await podman('pull', `docker.io/${name}`)),
    read: (name) => podman('run', '--rm', '--network', 'none', `docker.io/${name}`),
    remove: async (name) => void (await podman('rmi', '--force', `docker.io/${name}`)),
    stop: async () => void (await podman('rmi', '--all', '--force')),
  };
}
