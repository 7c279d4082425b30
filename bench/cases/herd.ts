import { setTimeout as sleep } from 'node:timers/promises';
import { RawConnection } from '../support/raw-connection.ts';
import { seconds, times } from '../support/units.ts';
import type { BenchCase } from './bench-case.ts';

/** A mirror may still be downloading for itself when its clients have everything. */
const SETTLING_MS = 500;

/** All come at once for a blob that the mirror does not hold. */
export const herd: BenchCase = {
  name: 'herd',
  store: 'cold',
  metrics: [
    { label: 'many clients, one cold 256 MiB blob: last done', better: 'less', format: seconds },
    { label: '  worst first byte', better: 'less', format: seconds },
    { label: '  bytes from the Hub', better: 'less', format: times },
  ],
  measure: async ({ image, hub, effort, signal }) => {
    const { url, size } = image.large;
    await hub.forget(signal);
    const opening = Array.from({ length: effort.herd }, () => RawConnection.open(url, signal));
    const clients = await Promise.all(opening);
    const startedAt = performance.now();
    try {
      const arrived = await Promise.all(clients.map((client) => client.get(url)));
      await sleep(SETTLING_MS, undefined, { signal });
      const { blobBytes } = await hub.seen(signal);
      const last = Math.max(...arrived.map(({ lastByteAt }) => lastByteAt));
      const first = Math.max(...arrived.map(({ firstByteAt }) => firstByteAt));
      return [last - startedAt, first - startedAt, blobBytes / size];
    } finally {
      for (const client of clients) client.close();
    }
  },
};
