import { ContainerModule } from 'inversify';
import { Everyone } from '../../adapters/auth/everyone.ts';
import { HtpasswdAuthenticator } from '../../adapters/auth/htpasswd-authenticator.ts';
import { readHtpasswd } from '../../adapters/auth/htpasswd-file.ts';
import type { Logger } from '../../adapters/telemetry/logger.ts';
import type { Authenticator } from '../../domain/ports/authenticator.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Config } from '../config/config.ts';
import { Reloads } from '../reloads.ts';
import { TOKENS } from '../tokens.ts';

export const authModule: ContainerModule = new ContainerModule(({ bind }) => {
  const t = TOKENS;
  bind(t.reloads).toResolvedValue((logger) => new Reloads(logger), [t.logger]);
  bind(t.authenticator).toResolvedValue(createAuthenticator, [
    t.config,
    t.clock,
    t.reloads,
    t.logger,
  ]);
});

function createAuthenticator(
  { auth }: Config,
  clock: Clock,
  reloads: Reloads,
  logger: Logger,
): Authenticator {
  if (auth.kind === 'none') return new Everyone();
  const { realm, path } = auth;
  reloads.watch('the password file', [path], () => {
    const { users, faults } = readHtpasswd(path);
    for (const { line, sentence } of faults) logger.warn(`${path}:${line}: the line ${sentence}`);
    authenticator.replace(users);
  });
  // What is wrong in it now has been said with the rest of the configuration.
  const authenticator = new HtpasswdAuthenticator(realm, readHtpasswd(path).users, clock);
  return authenticator;
}
