import { get as getInClear } from 'node:http';
import { get as getSecurely, type RequestOptions } from 'node:https';
import { connect } from 'node:tls';
import type { TlsOptions } from '../adapters/http/tls-files.ts';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import type { HttpConfig, ListenConfig } from './config/config.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readConfiguration, type Surroundings } from './surroundings.ts';

/** Less than what a container runtime or a supervisor gives a check. */
const TIMEOUT_MS = 5_000;

/**
 * `kagami healthcheck`: asks the mirror that runs with this configuration, on this machine, whether it
 * is there. It ends with 0 or 1, for Docker keeps 2 for itself
 * (https://docs.docker.com/reference/dockerfile/#healthcheck).
 */
export async function healthcheck(
  surroundings: Surroundings,
  path: string | undefined,
  timeoutMs: number = TIMEOUT_MS,
): Promise<ExitCode> {
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.failure;
  const trouble = await troubleOf(loaded.config.http, timeoutMs);
  if (trouble === undefined) return EXIT.ok;
  surroundings.complain(`kagami: ${trouble}`);
  return EXIT.failure;
}

async function troubleOf(http: HttpConfig, timeoutMs: number): Promise<string | undefined> {
  const { listen, tls } = http;
  if (listen.kind === 'tcp' && listen.port === 0) {
    return 'the mirror takes any free port, so that it cannot be asked: name one in http.addr';
  }
  const signal = AbortSignal.timeout(timeoutMs);
  const where = placeOf(listen);
  try {
    if (tls !== undefined && demandsCertificate(tls)) await shakeHands(listen, signal);
    else return refusal(where, await ask(http, signal));
    return undefined;
  } catch (error) {
    const why = signal.aborted ? `it has not within ${timeoutMs} ms` : errorChain(error);
    return `no mirror answers at ${where}: ${why}`;
  }
}

function refusal(where: string, status: number | undefined): string | undefined {
  return status === 200 ? undefined : `what is at ${where} answers /healthz with ${status}`;
}

/** The status of the path that is open to everyone. */
function ask(
  { listen, prefix, tls }: HttpConfig,
  signal: AbortSignal,
): Promise<number | undefined> {
  const options: RequestOptions = {
    ...connectionTo(listen),
    path: `${prefix}healthz`,
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const get = tls === undefined ? getInClear : getSecurely;
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

/** A mirror that wants certificates of all clients has no open path; that it says so is a sign of life. */
function shakeHands(listen: ListenConfig, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(connectionTo(listen));
    const giveUp = (): void => void socket.destroy(new Error('it took too long'));
    signal.addEventListener('abort', giveUp, { once: true });
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve();
    });
  });
}

interface Connection {
  readonly socketPath?: string;
  /** What `tls` calls a socket's path. */
  readonly path?: string;
  readonly host?: string;
  readonly port?: number;
  readonly rejectUnauthorized: false;
}

/** The certificate is for the name that clients use, not for this address; and nothing secret is sent. */
function connectionTo(listen: ListenConfig): Connection {
  if (listen.kind === 'unix') {
    return { socketPath: listen.path, path: listen.path, rejectUnauthorized: false };
  }
  return { host: hostOf(listen), port: listen.port, rejectUnauthorized: false };
}

/** An address of this machine, where it listens on all. */
function hostOf({ host = '' }: { readonly host?: string }): string {
  if (host === '::') return '::1';
  return ['', '0.0.0.0'].includes(host) ? '127.0.0.1' : host;
}

function placeOf(listen: ListenConfig): string {
  if (listen.kind === 'unix') return listen.path;
  const host = hostOf(listen);
  return `${host.includes(':') ? `[${host}]` : host}:${listen.port}`;
}

function demandsCertificate({ clientAuth, clientCas }: TlsOptions): boolean {
  if (clientAuth === undefined) return clientCas.length > 0;
  return clientAuth.startsWith('require');
}
