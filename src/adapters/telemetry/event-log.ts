import { RegistryError } from '../../domain/errors.ts';
import type { Events, MirrorEvent } from '../../domain/ports/events.ts';
import { errorChain } from './error-chain.ts';
import type { Logger } from './logger.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

const ENTRIES: Record<MirrorEvent['type'], readonly [level: Level, message: string]> = {
  'tag-stale': ['warn', 'served the last known digest, since the upstream could not be asked'],
  'not-revalidated': ['warn', 'could not check the tag behind a served copy'],
  'tag-moved': ['info', 'the tag points to this manifest from now on'],
  'manifest-stored': ['debug', 'manifest stored'],
  'blob-stored': ['info', 'blob stored'],
  'transfer-started': ['debug', 'the download has begun'],
  'transfer-resumed': ['warn', 'the download broke off and goes on'],
  'transfer-failed': ['error', 'the download failed'],
  damaged: ['error', 'damaged in storage, so it is set aside and fetched again'],
  'manifest-rejected': ['error', 'the upstream sent a manifest with another digest'],
  unreadable: ['warn', 'unreadable in storage, so it is fetched again'],
  'not-stored': ['error', 'could not be stored; clients get it all the same'],
  'not-coordinated': [
    'warn',
    'the storage cannot be used to coordinate with other mirrors; each works by itself',
  ],
  'transfer-taken-over': ['warn', 'a mirror has gone, and its download goes on here'],
  'stock-taken': ['debug', 'looked through what is stored'],
  evicted: ['info', 'image removed from the cache; it is fetched again when somebody pulls it'],
  'cache-trimmed': ['info', 'the cache has made way'],
  'over-budget': ['warn', 'the cache is over its budget, and all of it is kept or in use'],
  'upkeep-failed': ['warn', 'could not look after the cache; it is tried again later'],
  'upstream-paused': [
    'warn',
    'the upstream keeps failing and is not asked until it answers a probe',
  ],
  'upstream-resumed': ['info', 'the upstream answers again'],
  'rate-limited': ['warn', 'the upstream refuses further requests for a while'],
  'credentials-rejected': ['error', 'the upstream rejects the user name or the password'],
};

/** Writes what the mirror decided to the log. */
export class EventLog implements Events {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  emit(event: MirrorEvent): void {
    const [level, message] = ENTRIES[event.type];
    if (!this.#logger.isLevelEnabled(level)) return;
    const { type, ...fields } = event;
    this.#logger[level]({ event: type, ...readable(fields) }, message);
  }
}

function readable(fields: Record<string, unknown>): Record<string, unknown> {
  if (!('cause' in fields)) return fields;
  const { cause, ...rest } = fields;
  const detail = cause instanceof RegistryError ? cause.detail : undefined;
  return { ...rest, error: errorChain(cause), ...(detail === undefined ? {} : { detail }) };
}
