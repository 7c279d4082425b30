import type { PeerKind } from './peer.ts';

/**
 * The CNCF registry in proxy mode, with the descriptor cache of its example configuration. The
 * access log is on, as by default and as in Kagami; of its other log, which would tell each request
 * a second time, only errors are written.
 */
export const dockerRegistry: PeerKind = {
  name: 'docker-registry',
  debianPackage: 'docker-registry',
  program: 'docker-registry',
  versionCommand: ['docker-registry', '--version'],
  speaksToTheHub: true,
  configuration: (upstream, { store, port }) => `version: 0.1
log:
  level: error
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: ${store}
  delete:
    enabled: true
http:
  addr: 127.0.0.1:${port}
proxy:
  remoteurl: ${upstream}
`,
  command: (file) => ['docker-registry', 'serve', file],
};
