import { errorChain } from './error-chain.ts';
import type { Logger } from './logger.ts';

/** One answered request. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly source: string | undefined;
  readonly client: string | undefined;
  readonly aborted: boolean;
  readonly error: unknown;
}

/** Writes each answered request to the log, unless the configuration wants none. */
export class RequestLog {
  readonly #logger: Logger;
  readonly #isOn: boolean;

  constructor(logger: Logger, isOn: boolean) {
    this.#logger = logger;
    this.#isOn = isOn;
  }

  request(entry: AnsweredRequest): void {
    if (entry.error !== undefined) return this.#failed(entry);
    if (this.#isOn) this.#logger.info(fields(entry), `${entry.method} ${entry.path}`);
  }

  trouble(error: Error): void {
    this.#logger.warn({ error: errorChain(error) }, 'a connection could not be served');
  }

  /** A failed request is worth a line even for those who want no access log. */
  #failed(entry: AnsweredRequest): void {
    const level = entry.status >= 500 ? 'error' : 'info';
    if (level === 'info' && !this.#isOn) return;
    const error = errorChain(entry.error);
    this.#logger[level]({ ...fields(entry), error }, `${entry.method} ${entry.path}`);
  }
}

function fields({ status, bytes, durationMs, source, client, aborted }: AnsweredRequest): object {
  return {
    status,
    bytes,
    ms: Math.round(durationMs * 10) / 10,
    source,
    client,
    ...(aborted ? { aborted } : {}),
  };
}
