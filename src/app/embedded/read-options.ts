import type { Upstream } from '../../domain/ports/upstream.ts';
import { type ConfigResult, configOfTree } from '../config/load-config.ts';
import { OPTIONS_ORIGIN, optionsTree } from '../config/options-tree.ts';
import { Report } from '../config/report.ts';
import type { MirrorOptions } from './mirror-options.ts';
import { upstreamOption } from './upstream-option.ts';

/** What the options of an embedded mirror come to. */
export interface ReadOptions {
  readonly loaded: ConfigResult;
  /** What is mirrored, where the program has it as an object. */
  readonly origin: Upstream | undefined;
  readonly listens: boolean;
  /** Where lines of the log go; nowhere if undefined. */
  readonly write: ((line: string) => void) | undefined;
}

type Section = Readonly<Record<string, unknown>>;

/** A test that did not read an answer to its end should not have to wait for it. */
const DRAIN_TIMEOUT = '0s';

/**
 * Reads the options by the code that reads a configuration file.
 *
 * @throws {ConfigProblems} with every mistake at once.
 */
export function readOptions(options: MirrorOptions): ReadOptions {
  const { upstream, storage, port, listen, log, logTo, ...rest } = options;
  const report = new Report();
  const found = upstream === undefined ? undefined : upstreamOption(upstream, report);
  const configuration = {
    ...rest,
    proxy: withUpstream(rest.proxy, found?.remoteurl, report),
    http: withAddress(rest.http, port, report),
    storage: storage === undefined || storage === 'memory' ? 'inmemory' : storage,
    log: typeof log === 'boolean' ? {} : log,
  };
  checkOwn(options, report);
  const tree = optionsTree(configuration, report);
  const loaded = configOfTree(tree, { report, source: undefined, directory: () => '' });
  const isLogged = logTo !== undefined || (log !== undefined && log !== false);
  const write = isLogged ? (logTo ?? toStandardOutput) : undefined;
  return { loaded, origin: found?.origin, listens: listen ?? true, write };
}

/** What the type says of options that are no part of the configuration. */
function checkOwn({ listen, logTo }: MirrorOptions, report: Report): void {
  if (!['undefined', 'boolean'].includes(typeof listen)) {
    report.problem(OPTIONS_ORIGIN, 'listen must be `true` or `false`', 'listen');
  }
  if (!['undefined', 'function'].includes(typeof logTo)) {
    report.problem(OPTIONS_ORIGIN, 'logTo must be a function that takes a line', 'logTo');
  }
}

function withUpstream(proxy: unknown, remoteurl: string | undefined, report: Report): unknown {
  if (remoteurl === undefined || !isSection(proxy)) return proxy;
  if (proxy?.['remoteurl'] !== undefined) {
    const sentence = 'proxy.remoteurl is given beside upstream; keep one';
    report.problem(OPTIONS_ORIGIN, sentence, 'proxy.remoteurl');
  }
  return { ...proxy, remoteurl };
}

function withAddress(http: unknown, port: unknown, report: Report): unknown {
  if (!isSection(http)) return http;
  if (port !== undefined && http?.['addr'] !== undefined) {
    report.problem(OPTIONS_ORIGIN, 'http.addr is given beside port; keep one', 'http.addr');
  }
  if (port !== undefined && !isPort(port)) {
    report.problem(OPTIONS_ORIGIN, 'port must be a whole number from 0 to 65535', 'port');
  }
  const addr = isPort(port) ? `127.0.0.1:${port}` : '127.0.0.1:0';
  return { addr, draintimeout: DRAIN_TIMEOUT, ...http };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
}

/** What is no section is left for the configuration's own check to complain about. */
function isSection(value: unknown): value is Section | undefined {
  return value === undefined || (typeof value === 'object' && value !== null);
}

function toStandardOutput(line: string): void {
  process.stdout.write(line);
}
