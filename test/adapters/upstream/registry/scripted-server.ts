import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DefineTest } from '../../../support/suite.ts';

export interface ScriptedServer {
  readonly url: URL;
  /** What arrived, in order. */
  readonly requests: readonly IncomingMessage[];
}

/** Servers for what the Hub double does not do; they are gone after the test. */
export function scriptedServers(
  it: DefineTest,
): (answer: RequestListener) => Promise<ScriptedServer> {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  return async (answer) => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const { port } = server.address() as AddressInfo;
    return { url: new URL(`http://127.0.0.1:${port}`), requests };
  };
}
