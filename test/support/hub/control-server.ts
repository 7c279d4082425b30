import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ServerName } from './arrivals.ts';
import type { Fault } from './faults.ts';
import type { HubDouble } from './hub-double.ts';
import { readRequest } from './hub-request.ts';
import type { HubSettings } from './settings.ts';

function bytesFrom(hub: HubDouble, server: ServerName): number {
  const arrivals = hub.arrivals.all().filter((arrival) => arrival.server === server);
  return arrivals.reduce((sum, arrival) => sum + arrival.bytesSent, 0);
}

/** Whoever sends them: the CDN, or the registry where it does not redirect. */
function blobs(hub: HubDouble): { bytes: number; firstByteAt: number | null } {
  const sent = [...hub.arrivals.of('cdn-get'), ...hub.arrivals.of('blob-get')];
  const begun = sent.flatMap(({ firstByteAt }) => (firstByteAt === undefined ? [] : [firstByteAt]));
  return {
    bytes: sent.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    firstByteAt: begun.length > 0 ? Math.min(...begun) : null,
  };
}

function totals(hub: HubDouble): object {
  const bytes = {
    registry: bytesFrom(hub, 'registry'),
    auth: bytesFrom(hub, 'auth'),
    cdn: bytesFrom(hub, 'cdn'),
  };
  return { summary: hub.arrivals.summary(), bytes, blobs: blobs(hub) };
}

type Command = (hub: HubDouble, query: URLSearchParams, body: string) => unknown;

const COMMANDS: Record<string, Command> = {
  'GET /_arrivals': totals,
  'GET /_arrivals/all': (hub) => hub.arrivals.all(),
  'POST /_arrivals/clear': (hub) => hub.arrivals.clear(),
  'POST /_down': (hub, query) => hub.down(query.get('server') as ServerName),
  'POST /_up': (hub, query) => hub.up(query.get('server') as ServerName),
  'POST /_faults': (hub, _, body) => void hub.faults.add(JSON.parse(body) as Fault),
  'POST /_settings': (hub, _, body) => {
    Object.assign(hub.settings, JSON.parse(body) as Partial<HubSettings>);
  },
  'POST /_pace': (hub, query) => {
    hub.cdn.bytesPerSecond = Number(query.get('rate'));
  },
  'POST /_faults/clear': (hub) => hub.faults.clear(),
};

async function run(hub: HubDouble, message: IncomingMessage): Promise<[number, unknown]> {
  const { method, url, body } = await readRequest(message);
  const command = COMMANDS[`${method} ${url.pathname}`];
  if (!command) return [404, { commands: Object.keys(COMMANDS) }];
  try {
    return [200, (await command(hub, url.searchParams, body)) ?? {}];
  } catch (error) {
    return [400, { error: String(error) }];
  }
}

/** Lets another process look into the double and disturb it. */
export async function startControl(hub: HubDouble, host: string, port: number): Promise<Server> {
  const server = createServer((message, response) => {
    void run(hub, message).then(([status, value]) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(value)}\n`);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
