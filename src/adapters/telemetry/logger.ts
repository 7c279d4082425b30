import { type DestinationStream, type Logger, pino, symbols } from 'pino';
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

/**
 * Standard output. Lines are gathered for a moment, since one write a line would cost more than the
 * rest of a cached answer; `flushSync` writes what is left.
 */
export function standardOutput(): ReturnType<typeof pino.destination> {
  return pino.destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 100 });
}
