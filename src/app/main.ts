import { errorChain } from '../adapters/telemetry/error-chain.ts';
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { ls } from './ls.ts';
import { prune } from './prune.ts';
import { serve } from './serve.ts';
import { verify } from './verify.ts';
import { readVersion } from './version.ts';

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

// Whoever reads the output may have seen enough of it, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failure);
});

const version = readVersion();
try {
  // oxlint-disable-next-line node/no-process-env -- the one place that reads it
  const surroundings = { env: process.env, version, complain, print, stopSignal };
  const code = await runCommandLine(process.argv.slice(2), version, {
    serve: (config) => serve(surroundings, config),
    verify: (config, { repair }) => verify(surroundings, config, repair),
    ls: (patterns, options) => ls(surroundings, patterns, options),
    prune: (patterns, options) => prune(surroundings, patterns, options),
  });
  process.exit(code);
} catch (error) {
  complain(`kagami: this should not happen, please report it: ${errorChain(error)}`);
  process.exit(EXIT.failure);
}
