import * as assert from 'uvu/assert';
import { FilesystemStorage } from '../../src/adapters/storage/filesystem/filesystem-storage.ts';
import type { StorageEngine } from '../../src/domain/ports/storage-engine.ts';
import { type EmbeddedMirror, embeddedMirror } from '../support/embedded-mirror.ts';
import { eventually } from '../support/eventually.ts';
import { type HubDouble, startHub } from '../support/hub/hub-double.ts';
import { image, index, randomLayer } from '../support/oci-image.ts';
import { pullByDigest } from '../support/pulls.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { testSuite } from '../support/suite.ts';
import { SwiftClock } from '../support/swift-clock.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const IMAGES = 40;
const LAYER_SIZE = 250_000;
const BASE_SIZE = 100_000;
/** More than an image takes, with its manifests. */
const IMAGE_SIZE = BASE_SIZE + LAYER_SIZE + 5_000;
/** A tenth of all. */
const BUDGET = (IMAGES / 10) * IMAGE_SIZE;
const CLIENTS = 2;
const ROUNDS = 6;
const PULLS_IN_ROUND = 20;

const KEPT = 'library/kept';

function nameOf(number: number): string {
  return `library/image-${number % 7}`;
}

/** Every fourth shares a base with others. */
function fill(hub: HubDouble): void {
  for (let number = 0; number < IMAGES; number++) {
    const base = randomLayer(BASE_SIZE, number % 4 === 0 ? 9_000 : 1_000 + number);
    const one = image({ layers: [base, randomLayer(LAYER_SIZE, number)] });
    hub.push(nameOf(number), index([{ image: one }]), { tags: [`v${number}`] });
  }
  const kept = image({ layers: [randomLayer(BASE_SIZE, 9_999)] });
  hub.push(KEPT, index([{ image: kept }]), { tags: ['latest'] });
}

/**
 * What there was at one moment at least: while one looks through the storage, some goes that was
 * counted and some comes, and the longer that takes the more. What is seen twice was there in between.
 */
async function bytesAtOnce({ blobs }: StorageEngine): Promise<number> {
  const seen = new Set<string>();
  for await (const { digest } of blobs.list()) seen.add(digest);
  let sum = 0;
  for await (const { digest, size } of blobs.list()) if (seen.has(digest)) sum += size;
  return sum;
}

testSuite('A mirror whose budget is a tenth of what is pulled', (it) => {
  let hub: HubDouble;
  let directory: TempDirectory;
  let mirror: EmbeddedMirror;
  const random = new SeededRandom(4);
  /** As fast as any other: how long a blob waits for its room is up to the machine, too. */
  const clock = new SwiftClock(1);

  it.beforeEach(async () => {
    hub = await startHub({ rateLimit: undefined });
    fill(hub);
    directory = await tempDirectory();
    await start();
  });
  it.afterEach(async () => {
    await mirror.close();
    await hub.close();
    await directory.remove();
  });

  async function start(): Promise<void> {
    mirror = await embeddedMirror({
      upstream: hub.url,
      clock,
      storage: new FilesystemStorage({ rootDirectory: directory.path }),
      env: {
        PROXY_CACHE_MAXSIZE: String(BUDGET),
        PROXY_CACHE_KEEP: `[${KEPT}:*]`,
        PROXY_TTL: '0',
      },
    });
  }

  async function bytes(): Promise<number> {
    let sum = 0;
    for await (const { size } of mirror.storage.blobs.list()) sum += size;
    return sum;
  }

  async function assertHardlyOver(): Promise<void> {
    const most = BUDGET + CLIENTS * IMAGE_SIZE;
    const found = await bytesAtOnce(mirror.storage);
    assert.ok(found <= most, `${found} bytes are stored, and ${BUDGET} are allowed`);
  }

  async function pull(number: number): Promise<void> {
    await pullByDigest(mirror.url, nameOf(number), `v${number}`);
    await assertHardlyOver();
  }

  /** Some are pulled more often than others; tells which were pulled last. */
  async function pullMany(): Promise<number[]> {
    const pulled: number[] = [];
    const client = async (): Promise<void> => {
      for (let count = 0; count < PULLS_IN_ROUND / CLIENTS; count++) {
        const number = Math.floor(IMAGES * random.next() ** 2);
        await pull(number);
        pulled.push(number);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return [...new Set(pulled.toReversed())];
  }

  async function untilWithinBudget(): Promise<void> {
    await eventually(async () => (await bytes()) <= BUDGET, 'it keeps to its budget');
  }

  function fetches(): number {
    return hub.arrivals.count('manifest-get') + hub.arrivals.count('cdn-get');
  }

  async function costOf(act: () => Promise<unknown>): Promise<number> {
    const before = fetches();
    await act();
    return fetches() - before;
  }

  /** One may have been pulled while it was just being removed: then it is fetched once more. */
  async function assertStay(...numbers: number[]): Promise<void> {
    let cost = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      cost = await costOf(async () => {
        for (const number of numbers) await pull(number);
      });
      if (cost === 0) return;
      await untilWithinBudget();
    }
    assert.unreachable(`what was pulled last is fetched again: ${cost} requests`);
  }

  it('keeps to it, keeps what was pulled last, and fetches the rest again', async () => {
    await pullByDigest(mirror.url, KEPT, 'latest');
    const first = fetches();
    let pulls = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const [latest = 0, second = 0] = await pullMany();
      pulls += PULLS_IN_ROUND;
      await untilWithinBudget();
      assert.is(await costOf(() => pullByDigest(mirror.url, KEPT, 'latest')), 0);
      await assertStay(second, latest);
      if (round !== ROUNDS / 2) continue;
      await mirror.close();
      await start();
    }
    // Each has two manifests and three blobs; of those that were here nothing was asked for.
    const cost = (fetches() - first) / 5;
    assert.ok(cost > IMAGES && cost < pulls, `${cost} fetches in ${pulls} pulls`);
    assert.ok(mirror.events('evicted').length > 0);
    assert.equal(mirror.events('upkeep-failed'), []);
  });
});

for (const processes of [2, 4]) {
  testSuite(`${processes} mirrors over one directory with such a budget`, (it) => {
    let hub: HubDouble;
    let directory: TempDirectory;
    let mirrors: EmbeddedMirror[] = [];

    it.beforeEach(async () => {
      hub = await startHub({ rateLimit: undefined });
      fill(hub);
      directory = await tempDirectory();
      const env = { PROXY_CACHE_MAXSIZE: String(BUDGET), PROXY_TTL: '0' };
      const starting = Array.from({ length: processes }, () => {
        const storage = new FilesystemStorage({ rootDirectory: directory.path });
        return embeddedMirror({ upstream: hub.url, clock: new SwiftClock(1), storage, env });
      });
      mirrors = await Promise.all(starting);
    });
    it.afterEach(async () => {
      for (const mirror of mirrors) await mirror.close();
      await hub.close();
      await directory.remove();
    });

    it('keep to it together', async () => {
      for (let number = 0; number < IMAGES; number++) {
        const mirror = mirrors[number % processes];
        assert.ok(mirror);
        await pullByDigest(mirror.url, nameOf(number), `v${number}`);
        const bytes = await bytesAtOnce(mirror.storage);
        const most = BUDGET + processes * IMAGE_SIZE;
        assert.ok(bytes <= most, `${bytes} bytes are stored, and ${BUDGET} are allowed`);
      }
      assert.ok(mirrors.some((mirror) => mirror.events('evicted').length > 0));
      for (const mirror of mirrors) assert.equal(mirror.events('upkeep-failed'), []);
    });
  });
}
