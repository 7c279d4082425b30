import { join } from 'node:path';
import { run } from '../program.ts';
import { type Client, type ClientOptions, LABEL_FILE } from './client.ts';
import { requirePrograms } from './installed.ts';
import { writeRegistriesConf } from './registries-conf.ts';

/** buildah as root, with storage of its own. */
export async function startBuildah({ mirror, directory, env }: ClientOptions): Promise<Client> {
  requirePrograms(['buildah', 'busybox']);
  const places = {
    '--root': join(directory, 'root'),
    '--runroot': join(directory, 'runroot'),
    '--storage-driver': 'vfs',
    '--registries-conf': await writeRegistriesConf(directory, mirror),
  };
  const flags = Object.entries(places).flat();
  const buildah = (...args: string[]): Promise<string> =>
    run('buildah', [...flags, ...args], { env });
  return {
    pull: async (name) => void (await buildah('pull', '--policy', 'always', `docker.io/${name}`)),
    read: async (name) => {
      const container = (await buildah('from', '--pull-never', `docker.io/${name}`)).trim();
      const label = ['/bin/busybox', 'cat', `/${LABEL_FILE}`];
      const said = await buildah('run', '--isolation', 'chroot', container, '--', ...label);
      await buildah('rm', container);
      return said;
    },
    remove: async (name) => void (await buildah('rmi', '--force', `docker.io/${name}`)),
    stop: async () => void (await buildah('rm', '--all')),
  };
}
