import { setTimeout as sleep } from 'node:timers/promises';
import { kagami } from '../peers/kagami.ts';
import type { Peer } from '../peers/peer.ts';
import { BenchFailure } from '../support/bench-failure.ts';
import { Crowd, firstByteLag } from '../support/crowd.ts';
import { type BlobAt, pullManifest } from '../support/image.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { HUB_SPEED } from '../support/speed.ts';
import { milliseconds, seconds, times } from '../support/units.ts';
import type { BenchCase, Scene } from './bench-case.ts';

const LOOK_EVERY_MS = 10;

/** Processes that share a directory, and clients that come to all of them for one cold blob. */
export const twoProcesses: BenchCase = overOneDirectory('two-processes', 2);
export const fourProcesses: BenchCase = overOneDirectory('four-processes', 4);

function overOneDirectory(name: string, processes: number): BenchCase {
  return {
    name,
    store: 'cold',
    peers: [kagami],
    rounds: 1,
    metrics: [
      {
        label: `${processes} processes, one cold 256 MiB blob: last done`,
        better: 'less',
        format: seconds,
      },
      { label: '  against the time of one client', better: 'less', format: times },
      { label: "  worst first byte after the Hub's", better: 'less', format: milliseconds },
      { label: '  bytes from the Hub', better: 'less', format: times },
      { label: '  the one that downloads killed: last done', better: 'less', format: seconds },
      { label: '  bytes from the Hub', better: 'less', format: times },
    ],
    measure: async (scene) => {
      const { hub, effort, signal } = scene;
      await hub.pace(effort.slowHub, signal);
      try {
        const alone = await withProcesses(scene, 1, ofOneClient);
        const all = await withProcesses(scene, processes, ofManyClients);
        const [ms = Number.NaN] = all;
        const killed = await withProcesses(scene, processes, ofManyWhileOneIsKilled);
        return [ms, ms / (alone[0] ?? Number.NaN), ...all.slice(1), ...killed];
      } finally {
        await hub.pace(HUB_SPEED, signal);
      }
    },
  };
}

type Work = (scene: Scene, peers: readonly Peer[], blobs: readonly BlobAt[]) => Promise<number[]>;

async function withProcesses(scene: Scene, processes: number, work: Work): Promise<number[]> {
  const { hub, signal } = scene;
  const directory = await scene.scratch.directory('shared');
  const peers: Peer[] = [];
  try {
    for (let at = 0; at < processes; at++) peers.push(await scene.start(directory));
    const blobs: BlobAt[] = [];
    for (const { url } of peers) blobs.push((await pullManifest(url, signal)).large);
    await hub.forget(signal);
    return await work(scene, peers, blobs);
  } finally {
    for (const peer of peers) await scene.stop(peer);
  }
}

const ofOneClient: Work = async ({ signal }, _, blobs) => {
  const gathered = await Crowd.gather([urlAt(blobs, 0)], signal);
  const { startedAt, lastByteAt } = await gathered.download();
  return [lastByteAt - startedAt];
};

const ofManyClients: Work = async ({ hub, effort, signal }, _, blobs) => {
  const gathered = await Crowd.gather(spread(effort.shared, blobs), signal);
  const served = await gathered.download();
  const seen = await hub.seen(signal);
  const { startedAt, lastByteAt } = served;
  return [lastByteAt - startedAt, firstByteLag(served, seen), seen.blobBytes / sizeOf(blobs)];
};

/** The first to be asked is the one that downloads; its own client is lost with it. */
const ofManyWhileOneIsKilled: Work = async ({ hub, effort, signal }, [holder], blobs) => {
  const doomed = await RawConnection.open(urlAt(blobs, 0), signal);
  const lost = doomed.get(urlAt(blobs, 0)).then(
    () => new BenchFailure('the whole blob came before its mirror could be killed'),
    () => undefined,
  );
  await reached(doomed, 1, signal);
  const gathered = await Crowd.gather(spread(effort.shared - 1, blobs.slice(1)), signal);
  const served = gathered.download();
  // Whatever becomes of it is seen below; until then it must not count as unhandled.
  served.catch(() => undefined);
  await reached(doomed, sizeOf(blobs) / 2, signal);
  await holder?.kill();
  const failure = await lost;
  if (failure) throw failure;
  const { startedAt, lastByteAt } = await served;
  const seen = await hub.seen(signal);
  return [lastByteAt - startedAt, seen.blobBytes / sizeOf(blobs)];
};

async function reached(
  connection: RawConnection,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  while (connection.bytes < bytes) await sleep(LOOK_EVERY_MS, undefined, { signal });
}

function spread(clients: number, blobs: readonly BlobAt[]): string[] {
  return Array.from({ length: clients }, (_, at) => urlAt(blobs, at));
}

function urlAt(blobs: readonly BlobAt[], at: number): string {
  return blobs[at % blobs.length]?.url ?? '';
}

function sizeOf([blob]: readonly BlobAt[]): number {
  return blob?.size ?? Number.NaN;
}
