import { ContainerModule } from 'inversify';
import { NodeHasher } from '../../adapters/system/node-hasher.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { EventLog } from '../../adapters/telemetry/event-log.ts';
import { EventHub } from '../../domain/event-hub.ts';
import { TOKENS } from '../tokens.ts';

export const systemModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.clock).toResolvedValue(() => new SystemClock(), []);
  bind(TOKENS.hasher).toResolvedValue(() => new NodeHasher(), []);
  bind(TOKENS.events).toResolvedValue(
    (logger) => {
      const log = new EventLog(logger);
      const hub = new EventHub();
      hub.listen((event) => log.emit(event));
      return hub;
    },
    [TOKENS.logger],
  );
});
