import { setTimeout as sleep } from 'node:timers/promises';
import { RawConnection } from './raw-connection.ts';

export interface Stream {
  readonly connections: number;
  readonly seconds: number;
}

export interface Flow {
  readonly bytes: number;
  readonly bytesPerSecond: number;
}

/** One URL that is downloaded again and again over each of the connections. */
export async function throughput(
  url: string,
  { connections, seconds }: Stream,
  signal: AbortSignal,
): Promise<Flow> {
  const opening = Array.from({ length: connections }, () => RawConnection.open(url, signal));
  const all = await Promise.all(opening);
  const startedAt = performance.now();
  const over = new AbortController();
  const loops = all.map(async (connection) => {
    while (!over.signal.aborted) await connection.get(url);
  });
  try {
    await Promise.race([sleep(seconds * 1000, undefined, { signal }), Promise.all(loops)]);
    const bytes = all.reduce((sum, connection) => sum + connection.bytes, 0);
    return { bytes, bytesPerSecond: bytes / ((performance.now() - startedAt) / 1000) };
  } finally {
    over.abort();
    for (const connection of all) connection.close();
  }
}
