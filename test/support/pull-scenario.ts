import type { ByteRange } from '../../src/domain/byte-range.ts';
import type { Digest } from '../../src/domain/digest.ts';
import type { ByteReader } from '../../src/domain/ports/byte-reader.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { sha256, someBytes } from './bytes.ts';
import type { BlobScript } from './fake-blob.ts';
import { ALPINE, BUSYBOX, type PullParts, pullParts } from './pull-parts.ts';
import { settle } from './settle.ts';

/** A client that pulls one blob. All times in milliseconds of the test's clock. */
export interface ClientPlan {
  readonly repository: RepositoryName;
  readonly joinsAtMs: number;
  readonly range: ByteRange | undefined;
  /** How much it takes at once, in bytes. */
  readonly bufferSize: number;
  readonly pauseMs: number;
  /** After how many reads it leaves; undefined if it stays to the end. */
  readonly leavesAfter: number | undefined;
}

export interface StoragePlan {
  readonly broken: readonly ('stage' | 'append' | 'commit' | 'discard' | 'suspend')[];
  /** How many bytes it takes. */
  readonly room: number;
  readonly appendAfterMs: number;
}

/** All that happens around one blob. */
export interface Scenario {
  readonly size: number;
  /** How the downloads go, one after another; those after them go as `last`. */
  readonly attempts: readonly BlobScript[];
  readonly last: BlobScript;
  readonly storage: StoragePlan;
  readonly clients: readonly ClientPlan[];
  readonly gatherMs: number;
  /** By how much the clock goes on each time when nothing else can happen; used over and over. */
  readonly ticksMs: readonly number[];
}

export interface ClientEnd {
  readonly plan: ClientPlan;
  readonly end: 'complete' | 'left' | Error;
  /** Where its part of the blob begins, and where it was told that it ends, if it was told. */
  readonly first: number;
  readonly stop: number | undefined;
  /** Whether that is the blob's end. */
  readonly isToTheEnd: boolean;
  readonly bytes: Uint8Array;
}

export interface Played {
  readonly parts: PullParts;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly ends: readonly ClientEnd[];
}

const LARGEST = 32 * 1024 * 1024;
const CONTENT = someBytes(LARGEST);
const digests = new Map<number, Digest>();

function digestOfFirst(size: number): Digest {
  const digest = digests.get(size) ?? sha256(CONTENT.subarray(0, size));
  digests.set(size, digest);
  return digest;
}

/**
 * Plays a scenario to its end: until every client has its bytes, has left or was failed, and nothing
 * goes on behind them.
 *
 * @throws Error if it does not end
 */
export async function play(scenario: Scenario): Promise<Played> {
  const parts = pullParts({ gatherMs: scenario.gatherMs });
  const { upstream, storage, clock } = parts;
  const bytes = CONTENT.subarray(0, scenario.size);
  const digest = digestOfFirst(scenario.size);
  for (const repository of [ALPINE, BUSYBOX]) upstream.pushBlob(repository, bytes, { digest });
  upstream.scripts.push(...scenario.attempts);
  upstream.script = scenario.last;
  for (const operation of scenario.storage.broken) storage.broken.add(operation);
  storage.room = scenario.storage.room;
  storage.gates.set('append', () => sleep(parts, scenario.storage.appendAfterMs));
  const clients = scenario.clients.map((plan) => runClient(parts, digest, plan));
  const everything = Promise.all(clients).then(async (ends) => {
    await parts.background.idle();
    return ends;
  });
  const isOver = everything.then(
    () => true,
    () => true,
  );
  for (let turn = 0; turn < 20_000; turn++) {
    if (await Promise.race([isOver, settle().then(() => false)])) {
      return { parts, digest, bytes, ends: await everything };
    }
    clock.advance(scenario.ticksMs[turn % scenario.ticksMs.length] ?? 1000);
  }
  throw new Error('it does not end, however long it takes');
}

function sleep({ clock }: PullParts, ms: number): Promise<void> {
  if (ms === 0) return Promise.resolve();
  return new Promise((resolve) => void clock.after(ms, resolve));
}

async function runClient(parts: PullParts, digest: Digest, plan: ClientPlan): Promise<ClientEnd> {
  const got: Uint8Array[] = [];
  let part: Pick<ClientEnd, 'first' | 'stop' | 'isToTheEnd'> = {
    first: 0,
    stop: undefined,
    isToTheEnd: true,
  };
  let end: ClientEnd['end'];
  try {
    await sleep(parts, plan.joinsAtMs);
    const served = await parts.pullBlob.open(plan.repository, digest, plan.range);
    const { size, range } = served;
    const stop = range === undefined ? size : range.last + 1;
    part = { first: range?.first ?? 0, stop, isToTheEnd: stop === size };
    end = await readOn(parts, served.reader, plan, got);
  } catch (error) {
    end = error as Error;
  }
  return { plan, end, ...part, bytes: Buffer.concat(got) };
}

async function readOn(
  parts: PullParts,
  reader: ByteReader,
  plan: ClientPlan,
  got: Uint8Array[],
): Promise<'complete' | 'left'> {
  const memory = new Uint8Array(plan.bufferSize);
  try {
    for (let reads = 0; reads !== plan.leavesAfter; reads++) {
      const piece = await reader.read(() => memory);
      if (piece.byteLength === 0) return 'complete';
      got.push(Uint8Array.from(piece));
      await sleep(parts, plan.pauseMs);
    }
    return 'left';
  } finally {
    reader.close();
  }
}
