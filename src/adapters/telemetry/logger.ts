import { type DestinationStream, type Logger, pino, symbols } from 'pino';
import { GatheredOutput, type Output } from './gathered-output.ts';
import { logfmt } from './logfmt.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly formatter: 'text' | 'json';
  /** Added to each line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A structured log: one line an entry, as JSON or as logfmt. */
export function createLogger(options: LoggerOptions, destination: DestinationStream): Logger {
  const isText = options.formatter === 'text';
  return pino(
    {
      level: options.level,
      base: { ...options.fields },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      ...(isText ? { hooks: { streamWrite: logfmt } } : {}),
    },
    destination,
  );
}

/** A log that nobody wants. */
export function silentLogger(): Logger {
  return pino({ enabled: false }, { write: () => {} });
}

/** Where a logger writes; for lines that are made elsewhere. */
export function destinationOf(logger: Logger): DestinationStream {
  return (logger as unknown as Record<symbol, DestinationStream>)[
    symbols.streamSym
  ] as DestinationStream;
}

/** Standard output; `flushSync` writes what is left, and so does the end of the process. */
export function standardOutput(): Output {
  const gathered = new GatheredOutput(pino.destination({ dest: 1, sync: false }));
  // Before pino, which closes its own at the end.
  process.prependListener('exit', () => gathered.handOver());
  return gathered;
}
