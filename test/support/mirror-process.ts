import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compiledMirror } from './compiled-mirror.ts';
import { Program } from './program.ts';

/** One line of the mirror's JSON log. */
export interface LogLine {
  level: string;
  msg: string;
  listen?: string;
  mirrors?: string;
  storage?: string;
  status?: number;
  source?: string;
  error?: string;
  [field: string]: unknown;
}

export type MirrorVariables = Record<string, string> & { REGISTRY_STORAGE?: string };

export interface MirrorOptions {
  /** A directory for its configuration and, unless `env` says otherwise, its storage. */
  directory: string;
  /** The upstream's URL. */
  upstream: string;
  /** More `REGISTRY_*` variables. */
  env?: MirrorVariables;
  /** The entry file; the sources of this moment, compiled, unless told. */
  main?: string;
}

/** The mirror as users run it: a process of its own, on a free port of 127.0.0.1. */
export class MirrorProcess {
  readonly url: string;
  readonly program: Program;

  constructor(program: Program, url: string) {
    this.program = program;
    this.url = url;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  get log(): LogLine[] {
    return logLines(this.program.stdout);
  }

  /** All that it wrote so far. */
  get output(): string {
    return this.program.stdout + this.program.stderr;
  }

  /** The first log line with this message, waited for if need be. */
  logged(message: string): Promise<LogLine> {
    return this.program.until(`it logged "${message}"`, ({ stdout }) =>
      logLines(stdout).find(({ msg }) => msg === message),
    );
  }

  /** Resolves when it has said that it has stored the blob, which it does behind the answer. */
  async stored(digest: string): Promise<void> {
    await this.program.until(`it stored ${digest}`, ({ stdout }) => {
      return logLines(stdout).find(
        (line) => line.msg === 'blob stored' && line['digest'] === digest,
      );
    });
  }

  /** SIGTERM, upon which it has to end by itself and in order. */
  async stop(): Promise<void> {
    assert.equal(await this.program.stop(), { code: 0, signal: null }, this.output);
  }
}

/** Starts `kagami serve` and waits until it says that it is ready. */
export async function startMirror(options: MirrorOptions): Promise<MirrorProcess> {
  const program = await launchMirror(options);
  const url = await program.until('it was ready', ({ stdout }) => {
    return logLines(stdout).find(({ msg }) => msg === 'kagami is ready')?.listen;
  });
  return new MirrorProcess(program, url);
}

/** Several mirrors of one directory share the file: none of them reads half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, text);
  await rename(own, path);
}

/** Starts `kagami serve` and waits for nothing. */
export async function launchMirror(options: MirrorOptions): Promise<Program> {
  const { directory, upstream, env, main = await compiledMirror() } = options;
  // Named, so that no file of the machine is read.
  const configuration = join(directory, 'config.yml');
  await writeWhole(configuration, 'version: 0.1\n');
  return runMirror(['serve'], {
    main,
    env: {
      REGISTRY_CONFIGURATION_PATH: configuration,
      REGISTRY_HTTP_ADDR: '127.0.0.1:0',
      REGISTRY_LOG_FORMATTER: 'json',
      REGISTRY_PROXY_REMOTEURL: upstream,
      // Beside another driver, its directory would be a second one.
      ...((env?.REGISTRY_STORAGE ?? 'filesystem') === 'filesystem' && {
        REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(directory, 'storage'),
      }),
      ...env,
    },
  });
}

/** The command with these arguments and only these variables. */
export function runMirror(
  args: readonly string[],
  { main, env = {} }: { main: string; env?: Record<string, string> },
): Program {
  return new Program(process.execPath, ['--enable-source-maps', main, ...args], { env });
}

function logLines(stdout: string): LogLine[] {
  const complete = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
  const lines = complete.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as LogLine);
}
