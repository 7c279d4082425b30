import { errorChain } from '../adapters/telemetry/error-chain.ts';
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-code.ts';
import { healthcheck } from './healthcheck.ts';
import { setup } from './setup/setup.ts';
import { checkConfig, printConfig } from './show-config.ts';
import { readVersion } from './version.ts';
import { supervisedProcess } from './workers/worker.ts';

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

// The domain's timers keep no process alive, and a command may have nothing else to wait for.
setInterval(() => {}, 2 ** 31 - 1);

const version = readVersion();
const supervised = supervisedProcess();
try {
  // oxlint-disable-next-line node/no-process-env -- the one place that reads it
  const surroundings = { env: process.env, version, complain, print, stopSignal, supervised };
  const code = await runCommandLine(process.argv.slice(2), version, {
    // Most of the program; what is run every few seconds, such as healthcheck, does without.
    serve: async (config) => (await import('./serve.ts')).serve(surroundings, config),
    config: (config) => printConfig(surroundings, config),
    checkConfig: (config) => checkConfig(surroundings, config),
    setup: (client, options) => setup(surroundings, client, options),
    verify: async (config, { repair }) =>
      (await import('./verify.ts')).verify(surroundings, config, repair),
    ls: async (patterns, options) => (await import('./ls.ts')).ls(surroundings, patterns, options),
    prune: async (patterns, options) =>
      (await import('./prune.ts')).prune(surroundings, patterns, options),
    healthcheck: (config) => healthcheck(surroundings, config),
  });
  process.exit(code);
} catch (error) {
  complain(`kagami: this should not happen, please report it: ${errorChain(error)}`);
  process.exit(EXIT.failure);
}
