import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../program.ts';
import { type Client, type ClientOptions, LABEL_FILE } from './client.ts';
import { requirePrograms } from './installed.ts';
import { writeRegistriesConf } from './registries-conf.ts';

/** skopeo, which copies an image to a directory; umoci unpacks it from there. */
export async function startSkopeo({ mirror, directory, env }: ClientOptions): Promise<Client> {
  requirePrograms(['skopeo', 'umoci']);
  const registries = await writeRegistriesConf(directory, mirror);
  const layouts = join(directory, 'layouts');
  await mkdir(layouts);
  /** umoci takes no slash in the directory's name for granted, and skopeo no colon. */
  const layoutOf = (name: string): string => join(layouts, name.replaceAll(/[/:]/g, '-'));
  return {
    pull: async (name) => {
      const image = [`docker://docker.io/${name}`, `oci:${layoutOf(name)}:pulled`];
      await run('skopeo', ['--registries-conf', registries, 'copy', ...image], { env });
    },
    read: async (name) => {
      const bundle = `${layoutOf(name)}-unpacked`;
      await run('umoci', ['unpack', '--image', `${layoutOf(name)}:pulled`, bundle], { env });
      const said = await readFile(join(bundle, 'rootfs', LABEL_FILE), 'utf8');
      await rm(bundle, { recursive: true });
      return said;
    },
    remove: (name) => rm(layoutOf(name), { recursive: true }),
    stop: () => rm(layouts, { recursive: true }),
  };
}
