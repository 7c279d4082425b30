import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The mirror as podman, buildah and skopeo learn of it; the result is the file's path. */
export async function writeRegistriesConf(
  directory: string,
  mirror: string,
  { insecure = true }: { insecure?: boolean } = {},
): Promise<string> {
  const file = join(directory, 'registries.conf');
  const lines = [
    '[[registry]]',
    'prefix = "docker.io"',
    'location = "docker.io"',
    '[[registry.mirror]]',
    `location = "${new URL(mirror).host}"`,
    `insecure = ${insecure}`,
  ];
  await writeFile(file, lines.join('\n'));
  return file;
}
