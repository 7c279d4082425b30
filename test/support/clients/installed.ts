import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const INSTALL =
  'apt-get install -y docker.io containerd runc podman buildah skopeo umoci busybox-static docker-registry nginx';

/** What the tests with real clients and registries run. */
export const CLIENT_PROGRAMS: readonly string[] = [
  'dockerd',
  'docker',
  'containerd',
  'ctr',
  'runc',
  'podman',
  'buildah',
  'skopeo',
  'umoci',
  'busybox',
  'docker-registry',
  'nginx',
];

/** Fails with the line that installs what is missing. */
export function requirePrograms(programs: readonly string[]): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not found. Install: ${INSTALL}`);
}

function isInstalled(program: string): boolean {
  const { PATH = '' } = process.env;
  const folders = PATH.split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
