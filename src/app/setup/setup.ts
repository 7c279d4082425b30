import { hostname } from 'node:os';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { readConfiguration, type Surroundings } from '../surroundings.ts';
import type { SetUp } from './client-setup.ts';
import { setUpContainerd } from './containerd.ts';
import { setUpDocker } from './docker.ts';
import { mirrorAddress } from './mirror-address.ts';
import { setUpPodman } from './podman.ts';

export type ClientName = 'docker' | 'containerd' | 'podman';

const CLIENTS: Readonly<Record<ClientName, SetUp>> = {
  docker: setUpDocker,
  containerd: setUpContainerd,
  podman: setUpPodman,
};

export interface SetupOptions {
  readonly config?: string | undefined;
  /** Where clients find the mirror. */
  readonly url?: string | undefined;
}

/**
 * `kagami setup`: the file that makes a client use this mirror, to standard output; where it goes, and
 * what else there is to know, beside it.
 */
export function setup(
  surroundings: Surroundings,
  client: ClientName,
  { config, url }: SetupOptions,
): ExitCode {
  const { complain, print } = surroundings;
  const loaded = readConfiguration(surroundings, config);
  if (loaded === undefined) return EXIT.usage;
  const address = mirrorAddress(loaded.config, url, hostname());
  const found = typeof address === 'string' ? address : CLIENTS[client](address);
  if (typeof found === 'string') {
    complain(`kagami: ${found}`);
    return EXIT.usage;
  }
  complain(`# This goes into ${found.file}`);
  for (const note of found.notes) complain(`# ${note}`);
  print(found.text);
  return EXIT.ok;
}
