import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { ListenFailed } from './listen-failed.ts';
import type { ListenOn } from './options.ts';

/** Where a server listens; `url` is for people. */
export type Address = { readonly url: string } & (
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
);

/** @throws ListenFailed */
export async function listen(
  server: Server,
  on: ListenOn,
  scheme: 'http' | 'https',
): Promise<Address> {
  try {
    if (on.kind === 'unix') await listenOnSocket(server, on.path);
    else await start(server, on.host === undefined ? { port: on.port } : on);
  } catch (error) {
    throw new ListenFailed(on, error as NodeJS.ErrnoException);
  }
  return addressOf(server, scheme);
}

function addressOf(server: Server, scheme: string): Address {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    const path = address ?? '';
    return { kind: 'unix', path, url: `unix:${path}` };
  }
  const { address: host, family, port } = address;
  return {
    kind: 'tcp',
    host,
    port,
    url: `${scheme}://${family === 'IPv6' ? `[${host}]` : host}:${port}`,
  };
}

/** The socket of a server that was killed stays behind; one that nobody answers on is replaced. */
async function listenOnSocket(server: Server, path: string): Promise<void> {
  try {
    await start(server, { path });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isDead(path)))
      throw error;
    rmSync(path, { force: true });
    await start(server, { path });
  }
}

async function start(
  server: Server,
  where: { port: number; host?: string } | { path: string },
): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(where);
  await listening;
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
