import type { Config } from './config.ts';

/** Whether every client has to say who it is; no configuration can ask for that yet. */
export function authenticatesClients(_config: Config): boolean {
  return false;
}
