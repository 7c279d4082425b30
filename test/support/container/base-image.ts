import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dockerd } from '../clients/docker.ts';
import { run } from '../program.ts';

/** What the Dockerfile and the entry point use of a Debian. */
const APPLETS = ['sh', 'env', 'mkdir', 'chown', 'chmod', 'ln', 'id', 'cat', 'touch'];

/**
 * An image in the place of `node:20-bookworm-slim`, made of this machine's Node, npm, C library and
 * busybox.
 *
 * @param env variables that the image has
 */
export async function importBaseImage(
  { docker }: Dockerd,
  { directory, tag, env }: { directory: string; tag: string; env: Record<string, string> },
): Promise<void> {
  const root = join(directory, 'base');
  const bin = join(root, 'usr/bin');
  for (const folder of [bin, join(root, 'usr/local/bin'), join(root, 'etc'), join(root, 'root')]) {
    mkdirSync(folder, { recursive: true });
  }
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  symlinkSync('usr/bin', join(root, 'bin'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  await copyNode(root);
  cpSync(realpathSync('/bin/busybox'), join(bin, 'busybox'));
  for (const applet of APPLETS) symlinkSync('busybox', join(bin, applet));
  const tar = `${root}.tar`;
  await run('tar', ['-C', root, '--owner=0', '--group=0', '-cf', tar, '.']);
  const changes = Object.entries(env).flatMap(([name, value]) => ['-c', `ENV ${name}=${value}`]);
  await docker('import', ...changes, tar, tag);
}

/** Node with the libraries that it is linked to, and npm. */
async function copyNode(root: string): Promise<void> {
  const node = realpathSync(process.execPath);
  cpSync(node, join(root, 'usr/bin/node'));
  const needed = (await run('ldd', [node])).matchAll(/(?:^|\s)(\/\S+)/g);
  for (const [, library = ''] of needed) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
  const npm = join('usr/lib/node_modules/npm');
  const home = npmFolder(node);
  cpSync(home, join(root, npm), { recursive: true, dereference: true });
  symlinkSync(join('/', npm, 'bin/npm-cli.js'), join(root, 'usr/bin/npm'));
}

/** Where this Node's npm lies. */
function npmFolder(node: string): string {
  const places = ['lib/node_modules/npm', 'share/nodejs/npm'];
  const found = places.map((place) => join(dirname(node), '..', place)).find(existsSync);
  if (found === undefined) throw new Error(`there is no npm beside ${node}`);
  return found;
}
