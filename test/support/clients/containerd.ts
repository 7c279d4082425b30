import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Program, run } from '../program.ts';
import type { Client, ClientOptions } from './client.ts';
import { requirePrograms } from './installed.ts';

/** As the README tells users to: Docker Hub stays the last resort. */
function hostsFile(mirror: string): string {
  return [
    'server = "https://registry-1.docker.io"',
    `[host."${mirror}"]`,
    '  capabilities = ["pull", "resolve"]',
  ].join('\n');
}

function configuration(directory: string): string {
  return [
    'version = 2',
    `root = "${join(directory, 'root')}"`,
    `state = "${join(directory, 'state')}"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    '[grpc]',
    `  address = "${join(directory, 's')}"`,
    '[ttrpc]',
    `  address = "${join(directory, 's.ttrpc')}"`,
  ].join('\n');
}

export function startContainerd({ mirror, ...options }: ClientOptions): Promise<Client> {
  return startContainerdWith(options, hostsFile(mirror));
}

/** containerd, a daemon of its own, with `ctr images pull --hosts-dir` and this hosts.toml. */
export async function startContainerdWith(
  { directory, env }: Omit<ClientOptions, 'mirror'>,
  hostsToml: string,
): Promise<Client> {
  requirePrograms(['containerd', 'ctr', 'runc']);
  const hosts = join(directory, 'hosts');
  await mkdir(join(hosts, 'docker.io'), { recursive: true });
  await writeFile(join(hosts, 'docker.io/hosts.toml'), hostsToml);
  const file = join(directory, 'config.toml');
  await writeFile(file, configuration(directory));
  const daemon = new Program('containerd', ['--config', file], { env });
  await daemon.until('it listened', ({ stderr }) => /successfully booted/.exec(stderr)?.[0]);
  const ctr = (...args: string[]): Promise<string> =>
    run('ctr', ['--address', join(directory, 's'), ...args], { env });
  let containers = 0;
  return {
    pull: async (name) =>
      void (await ctr('images', 'pull', '--hosts-dir', hosts, `docker.io/${name}`)),
    read: (name) => ctr('run', '--rm', `docker.io/${name}`, `container${++containers}`),
    remove: async (name) => void (await ctr('images', 'rm', '--sync', `docker.io/${name}`)),
    stop: async () => void (await daemon.stop()),
  };
}
