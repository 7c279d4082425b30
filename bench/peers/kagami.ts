import { fileURLToPath } from 'node:url';
import type { PeerKind, Place } from './peer.ts';

const MIRROR = fileURLToPath(new URL('../../dist/app/kagami.cjs', import.meta.url));

function configuration(upstream: string, { store, port }: Place): string {
  return `version: 0.1
storage:
  filesystem:
    rootdirectory: ${store}
http:
  addr: 127.0.0.1:${port}
proxy:
  remoteurl: ${upstream}
`;
}

/** The built mirror: all as it is by default, but for the upstream and the places. */
export const kagami: PeerKind = {
  name: 'kagami',
  debianPackage: undefined,
  program: MIRROR,
  versionCommand: [process.execPath, MIRROR, '--version'],
  speaksToTheHub: true,
  configuration,
  command: (file) => [process.execPath, MIRROR, 'serve', file],
};

/** The same with a process for each core. */
export const kagamiWorkers: PeerKind = {
  ...kagami,
  name: 'kagami-workers',
  configuration: (upstream, place) =>
    configuration(upstream, place).replace('http:\n', 'http:\n  workers: auto\n'),
};
