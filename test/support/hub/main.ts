/**
 * The double as a program of its own, for benchmarks and shell scripts:
 *
 *     node --import tsx test/support/hub/main.ts --port 5100 --bench --rate 50000000
 *
 * It prints one JSON line with its URLs when it is ready, and stops on SIGTERM or SIGINT.
 */
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { startControl } from './control-server.ts';
import { alpine, benchImage, layeredImage, manyBlobs } from './fixtures.ts';
import { type HubDouble, startHub } from './hub-double.ts';

const { values: flags } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    'public-host': { type: 'string' },
    port: { type: 'string', default: '0' },
    'auth-port': { type: 'string', default: '0' },
    'cdn-port': { type: 'string', default: '0' },
    'control-port': { type: 'string', default: '0' },
    'no-auth': { type: 'boolean', default: false },
    'no-redirect': { type: 'boolean', default: false },
    /** Bytes per second of all blob transfers together. */
    rate: { type: 'string' },
    /** Gives that speed to each transfer, as a CDN does, in place of all together. */
    'rate-each': { type: 'boolean', default: false },
    /** Counted manifest GETs per source; unlimited unless told. */
    'rate-limit': { type: 'string' },
    bench: { type: 'boolean', default: false },
  },
});

function optional(value: string | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function fill(hub: HubDouble): void {
  hub.push('library/alpine', alpine(), { tags: ['3.20', 'latest'] });
  if (!flags.bench) return;
  hub.push('library/bench', benchImage(), { tags: ['latest'] });
  hub.push('library/many', manyBlobs(), { tags: ['latest'] });
  hub.push('library/layered', layeredImage(), { tags: ['latest'] });
  hub.push('library/layered-next', layeredImage(1), { tags: ['latest'] });
}

const hub = await startHub({
  host: flags.host,
  publicHost: flags['public-host'] ?? flags.host,
  ports: {
    registry: Number(flags.port),
    auth: Number(flags['auth-port']),
    cdn: Number(flags['cdn-port']),
  },
  auth: !flags['no-auth'],
  redirect: !flags['no-redirect'],
  rateLimit: optional(flags['rate-limit']),
});
hub.cdn.bytesPerSecond = optional(flags.rate);
hub.cdn.shared = !flags['rate-each'];
fill(hub);
const control = await startControl(hub, flags.host, Number(flags['control-port']));
const { port } = control.address() as AddressInfo;

function stop(): void {
  void hub.close();
  control.close();
  control.closeAllConnections();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
const controlUrl = `http://${flags.host}:${port}`;
const { url, authUrl, cdnUrl } = hub;
console.log(JSON.stringify({ url, authUrl, cdnUrl, controlUrl }));
