import { ContainerModule } from 'inversify';
import type { Logger } from '../../adapters/telemetry/logger.ts';
import { RegistryUpstream } from '../../adapters/upstream/registry/registry-upstream.ts';
import { StaticFilesUpstream } from '../../adapters/upstream/static-files/static-files-upstream.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Events } from '../../domain/ports/events.ts';
import type { Hasher } from '../../domain/ports/hasher.ts';
import type { Upstream } from '../../domain/ports/upstream.ts';
import type { Config } from '../config/config.ts';
import { TOKENS } from '../tokens.ts';

export const upstreamModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.upstream).toResolvedValue(createUpstream, [
    TOKENS.config,
    TOKENS.version,
    TOKENS.clock,
    TOKENS.hasher,
    TOKENS.events,
    TOKENS.logger,
  ]);
});

function createUpstream(
  { upstream }: Config,
  version: string,
  clock: Clock,
  hasher: Hasher,
  events: Events,
  logger: Logger,
): Upstream {
  const { url, credentials } = upstream;
  if (url.protocol === 'file:') return new StaticFilesUpstream(url);
  return new RegistryUpstream({
    url: new URL(url),
    userAgent: `kagami/${version}`,
    clock,
    hasher,
    events,
    random: Math.random,
    warn: (message) => logger.warn(message),
    useEnvProxy: true,
    ...(credentials && {
      credentials: [
        {
          username: credentials.username,
          password: () => credentials.password.reveal(),
        },
      ],
    }),
  });
}
