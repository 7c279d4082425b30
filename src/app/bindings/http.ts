import { ContainerModule } from 'inversify';
import { DEFAULT_LIMITS, type HttpOptions } from '../../adapters/http/options.ts';
import { MirrorServer } from '../../adapters/http/server.ts';
import { RequestLog } from '../../adapters/telemetry/request-log.ts';
import { ShareTransfers } from '../../domain/pull/share-transfers.ts';
import { authenticatesClients } from '../config/authenticates-clients.ts';
import type { Config } from '../config/config.ts';
import { DOCKER_HUB, mirrorsDockerHub } from '../docker-hub.ts';
import { Lifecycle } from '../lifecycle.ts';
import { TOKENS } from '../tokens.ts';
import { peersOf } from './peers.ts';

export const httpModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.accessLog).toResolvedValue(
    (logger, { log }) => new RequestLog(logger, { ...log, isOn: log.accessLog }),
    [t.logger, t.config],
  );
  bind(t.shared).toResolvedValue(
    ({ http }, { blobs }, clock) =>
      new ShareTransfers({ blobs, signer: peersOf(http)?.signer, clock }),
    [t.config, t.storage, t.clock],
  );
  bind(t.server).toResolvedValue(
    (mirror, config, log, authenticator, reloads, shared) => {
      const { tls } = config.http;
      const files = tls === undefined ? [] : [tls.certificate, tls.key, ...tls.clientCas];
      reloads.watch('the certificate', files, () => server.renewCertificate());
      const server = new MirrorServer(mirror, httpOptions(config), log, authenticator, shared);
      return server;
    },
    [t.mirror, t.config, t.accessLog, t.authenticator, t.reloads, t.shared],
  );
  bind(t.lifecycle).toResolvedValue(
    (config, storage, upstream, server, reloads, transfers, background, logger, ...upkeep) => {
      const [evictor, pullLog, events] = upkeep;
      const parts = { config, storage, upstream, server, reloads, transfers, background, logger };
      return new Lifecycle({ ...parts, evictor, pullLog, events });
    },
    [
      t.config,
      t.storage,
      t.upstream,
      t.server,
      t.reloads,
      t.transfers,
      t.background,
      t.logger,
      t.evictor,
      t.pullLog,
      t.events,
    ],
  );
});

function httpOptions(config: Config): HttpOptions {
  const { http, tags, catalog } = config;
  const isDockerHub = mirrorsDockerHub(config);
  return {
    listen: http.listen,
    prefix: http.prefix,
    headers: http.headers,
    tagsLimit: tags.pageLimit,
    catalogLimit: catalog.pageLimit,
    // Somebody else's registry may itself be a mirror of anything: its owner knows what clients mean.
    namespaces: isDockerHub ? DOCKER_HUB : undefined,
    libraryByDefault: isDockerHub,
    trustedProxies: http.trustedProxies,
    acceleration: http.acceleration,
    tls: http.tls,
    mayDelete: config.deletes && authenticatesClients(config),
    limits: {
      maxHeaderBytes: http.limits.headerBytes,
      headersTimeoutMs: http.limits.headerTimeoutMs,
      // Headers that may take longer than a whole request would end with it.
      requestTimeoutMs: Math.max(DEFAULT_LIMITS.requestTimeoutMs, http.limits.headerTimeoutMs),
      keepAliveTimeoutMs: http.limits.idleTimeoutMs,
      writeTimeoutMs: http.limits.writeTimeoutMs,
      connections: http.limits.connections,
    },
  };
}
