import type { Socket } from 'node:net';

/** What the option of `connect` does, but leaves nothing at the signal once the socket is closed. */
export function destroyOnAbort(socket: Socket, signal: AbortSignal): void {
  const destroy = (): void => void socket.destroy();
  signal.addEventListener('abort', destroy);
  socket.once('close', () => signal.removeEventListener('abort', destroy));
}
