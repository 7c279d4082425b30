import { fileURLToPath } from 'node:url';
import type { PeerKind } from './peer.ts';

const MIRROR = fileURLToPath(new URL('../../dist/app/kagami.cjs', import.meta.url));

/** The built mirror: all as it is by default, but for the upstream and the places. */
export const kagami: PeerKind = {
  name: 'kagami',
  debianPackage: undefined,
  program: MIRROR,
  versionCommand: [process.execPath, MIRROR, '--version'],
  configuration: (upstream, { directory, port }) => `version: 0.1
storage:
  filesystem:
    rootdirectory: ${directory}/store
http:
  addr: 127.0.0.1:${port}
proxy:
  remoteurl: ${upstream}
`,
  command: (file) => [process.execPath, MIRROR, 'serve', file],
};
