import { errorChain } from './error-chain.ts';
import { destinationOf, type Logger } from './logger.ts';
import { type AnsweredRequest, type RequestLine, requestLine } from './request-line.ts';

export interface RequestLogOptions {
  /** Whether answered requests are logged. */
  readonly isOn: boolean;
  readonly formatter: 'text' | 'json';
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes each answered request to the log, unless the configuration wants none. */
export class RequestLog {
  readonly #logger: Logger;
  readonly #isOn: boolean;
  readonly #line: RequestLine;
  readonly #output: { write(line: string): void };

  /** @param options those that the logger was made with */
  constructor(logger: Logger, { isOn, formatter, fields }: RequestLogOptions) {
    this.#logger = logger;
    this.#isOn = isOn && logger.isLevelEnabled('info');
    this.#line = requestLine(formatter, fields);
    this.#output = destinationOf(logger);
  }

  request(entry: AnsweredRequest): void {
    if (entry.error !== undefined) this.#failed(entry);
    else if (this.#isOn) this.#output.write(this.#line(entry));
  }

  trouble(error: Error): void {
    this.#logger.warn({ error: errorChain(error) }, 'a connection could not be served');
  }

  /** A failed request is worth a line even for those who want no access log. */
  #failed({ method, path, durationMs, aborted, error, ...entry }: AnsweredRequest): void {
    const level = entry.status >= 500 ? 'error' : 'info';
    if (level === 'info' && !this.#isOn) return;
    const fields = { ...entry, ms: Math.round(durationMs * 10) / 10, error: errorChain(error) };
    this.#logger[level]({ ...fields, ...(aborted && { aborted }) }, `${method} ${path}`);
  }
}
