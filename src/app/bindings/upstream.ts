import { ContainerModule } from 'inversify';
import type { Logger } from '../../adapters/telemetry/logger.ts';
import { RegistryUpstream } from '../../adapters/upstream/registry/registry-upstream.ts';
import { StaticFilesUpstream } from '../../adapters/upstream/static-files/static-files-upstream.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Events } from '../../domain/ports/events.ts';
import type { Hasher } from '../../domain/ports/hasher.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import { Absences } from '../../domain/upstream/absences.ts';
import { MirroredUpstream } from '../../domain/upstream/mirrored-upstream.ts';
import { OfflineUpstream } from '../../domain/upstream/offline-upstream.ts';
import { RetryingUpstream } from '../../domain/upstream/retrying-upstream.ts';
import type { Adapters } from '../adapters.ts';
import type { Config, UpstreamCredentials } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';
import { facts } from './caches.ts';
import { retryPolicy } from './retry.ts';

export const upstreamModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.upstream).toResolvedValue(
    (config, adapters, version, clock, hasher, events, logger) =>
      createUpstream({ config, adapters, version, clock, hasher, events, logger }),
    [t.config, t.adapters, t.version, t.clock, t.hasher, t.events, t.logger],
  );
});

interface Needs {
  readonly config: Config;
  readonly adapters: Adapters;
  readonly version: string;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly events: Events;
  readonly logger: Logger;
}

/** The upstream and its mirrors; asked again when they fail, and not at all for what is missing. */
function createUpstream(needs: Needs): Upstream {
  const { config, clock } = needs;
  const { url, mirrors, offline, negativeTtlMs } = config.upstream;
  if (offline) return new OfflineUpstream(url.href.replace(/\/$/, ''));
  const origin = originOf(needs);
  const reached =
    mirrors.length === 0
      ? origin
      : new MirroredUpstream(
          origin,
          mirrors.map((mirror) => registryAt(mirror, needs, [])),
          facts(),
        );
  const retrying = new RetryingUpstream(reached, clock, Math.random, retryPolicy(config));
  return new Absences(retrying, facts(), clock, negativeTtlMs);
}

function originOf(needs: Needs): Upstream {
  const { origin } = needs.adapters;
  if (origin !== undefined) return origin;
  const { url, plugin, credentials } = needs.config.upstream;
  if (plugin !== undefined) throw new Error(`${plugin.named.key} was not loaded`);
  if (url.protocol === 'file:') return new StaticFilesUpstream(url);
  return registryAt(url, needs, credentials);
}

function registryAt(
  url: Readonly<URL>,
  { config, version, clock, hasher, events, logger }: Needs,
  credentials: readonly UpstreamCredentials[],
): Upstream {
  return new RegistryUpstream({
    url: new URL(url),
    userAgent: `kagami/${version}`,
    clock,
    hasher,
    events,
    // A download that does not begin has stalled as much as one that does not go on.
    downloadBeginsMs: config.upstream.stallTimeoutMs,
    random: Math.random,
    warn: (message) => logger.warn(message),
    useEnvProxy: true,
    credentials: credentials.map(({ username, password }) => ({
      username,
      password: () => password.reveal(),
    })),
  });
}
