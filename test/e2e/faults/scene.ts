import * as assert from 'uvu/assert';
import type { Disk } from '../../../src/adapters/storage/filesystem/disk.ts';
import { FilesystemStorage } from '../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { type Digest, parseDigest } from '../../../src/domain/digest.ts';
import { readAll } from '../../support/bytes.ts';
import {
  type EmbeddedMirror,
  type EmbeddedOptions,
  embeddedMirror,
} from '../../support/embedded-mirror.ts';
import type { Arrival } from '../../support/hub/arrivals.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { type HubDouble, type HubOptions, startHub } from '../../support/hub/hub-double.ts';
import { digestOf } from '../../support/oci-content.ts';
import { type Image, image, index, randomLayer } from '../../support/oci-image.ts';
import type { ImageIndex } from '../../support/oci-index.ts';
import type { DefineTest } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { type Asking, ask, type Got } from './client.ts';
import { tryPull } from './try-pull.ts';

export const REPOSITORY = 'library/sample';

/** Of the one layer, in bytes. */
export const LAYER_SIZE = 300_000;

/** What the Hub holds when a fault is injected, and what of it the mirror has. */
export type Moment = 'cold' | 'warm' | 'moved';

export interface SceneOptions extends Pick<EmbeddedOptions, 'storage' | 'clock'> {
  moment?: Moment;
  env?: Readonly<Record<string, string>>;
  hub?: HubOptions;
  /** Whether it keeps what it has in a directory, and not in memory. */
  onDisk?: boolean;
  /** The same, by way of this disk. */
  disk?: Disk;
  /** Of the layer, in bytes. */
  layerSize?: number;
}

/** A Hub with one image in it, and a mirror of it. */
export class Scene {
  readonly hub: HubDouble;
  readonly #options: SceneOptions;
  readonly #directory: TempDirectory | undefined;
  #mirror: EmbeddedMirror | undefined;
  /** What the tag stands for at the Hub. */
  latest: ImageIndex;

  constructor(hub: HubDouble, options: SceneOptions, directory: TempDirectory | undefined) {
    this.hub = hub;
    this.#options = options;
    this.#directory = directory;
    this.latest = this.#push();
  }

  get mirror(): EmbeddedMirror {
    assert.ok(this.#mirror);
    return this.#mirror;
  }

  async start(): Promise<void> {
    const { env, storage, disk, clock } = this.#options;
    const { arrivals, settings, url } = this.hub;
    const learned = arrivals.reached('challenge', arrivals.count('challenge') + 1);
    const rootDirectory = this.#directory?.path;
    const onDisk = rootDirectory !== undefined && {
      STORAGE: 'filesystem',
      STORAGE_FILESYSTEM_ROOTDIRECTORY: rootDirectory,
    };
    this.#mirror = await embeddedMirror({
      upstream: url,
      env: { ...onDisk, ...env },
      storage: disk && rootDirectory ? new FilesystemStorage({ rootDirectory, disk }) : storage,
      clock,
    });
    // What a mirror asks once, at its start, is no part of what a pull costs.
    if (settings.auth && env?.['PROXY_OFFLINE'] !== 'true') await learned;
  }

  async close(): Promise<void> {
    await this.#mirror?.close();
    await this.hub.close();
    await this.#directory?.remove();
  }

  /** Stops the mirror in order, and starts another one with its configuration and storage. */
  async restart(): Promise<void> {
    await this.mirror.close();
    await this.start();
  }

  /** The layer of the image that the tag stands for. */
  get layer(): { digest: Digest; bytes: Uint8Array } {
    const [layer] = this.latest.images[0]?.layers ?? [];
    assert.ok(layer);
    return { digest: parseDigest(layer.digest), bytes: layer.bytes };
  }

  /** Pulls the tag, and tells in a few words what came of it. */
  pull(): Promise<string> {
    return tryPull(this.mirror.url, REPOSITORY, 'latest');
  }

  /** Pulls again until all is well; a host that failed often is given a rest first. */
  async recovers(): Promise<void> {
    let pulled = await this.pull();
    for (let tries = 0; tries < 200 && pulled !== 'whole'; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      pulled = await this.pull();
    }
    assert.is(pulled, 'whole');
  }

  get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.mirror.url}/v2/${REPOSITORY}/${path}`, init);
  }

  ask(path: string, asking?: Asking): Promise<Got> {
    return ask(`${this.mirror.url}/v2/${REPOSITORY}/${path}`, asking);
  }

  /** Asks for what comes before the layer in a pull, so that the mirror knows of it. */
  async pullManifests(): Promise<void> {
    for (const reference of ['latest', this.latest.images[0]?.manifest.digest]) {
      assert.is((await this.ask(`manifests/${reference}`)).status, 200);
    }
  }

  get layerUrl(): string {
    return `${this.mirror.url}/v2/${REPOSITORY}/blobs/${this.layer.digest}`;
  }

  askForLayer(asking?: Asking): Promise<Got> {
    return ask(this.layerUrl, asking);
  }

  assertIsLayer(got: Got): void {
    assert.is(got.status, 200);
    assert.ok(got.isComplete, `cut short after ${got.body.length} bytes`);
    assert.is(digestOf(got.body), this.layer.digest);
  }

  /** The next requests for the layer's bytes meet these faults, one after another. */
  layerMeets(...actions: FaultAction[]): void {
    for (const action of actions) this.layerAlwaysMeets(action, 1);
  }

  /** Returns a function that takes the fault away again. */
  layerAlwaysMeets(action: FaultAction, times: number = Number.POSITIVE_INFINITY): () => void {
    const { digest } = this.layer;
    const match = ({ reference }: Arrival): boolean => reference === digest;
    return this.hub.faults.add({ server: 'cdn', kind: 'cdn-get', match, times, action });
  }

  /** What was asked of the CDN for the layer. */
  get layerRequests(): Arrival[] {
    const { digest } = this.layer;
    return this.hub.arrivals.of('cdn-get').filter(({ reference }) => reference === digest);
  }

  /** How many bytes of the layer the CDN has sent. */
  get layerBytes(): number {
    return this.layerRequests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  /** Moves the tag to a new image. */
  move(): void {
    this.latest = this.#push();
  }

  /** Nothing that is visible in the storage has another digest than its name. */
  async assertNothingWrongIsKept(): Promise<void> {
    const { blobs } = this.mirror.storage;
    for await (const { digest } of blobs.list()) {
      const blob = await blobs.open(digest);
      assert.ok(blob);
      assert.is(digestOf(await readAll(blob)), digest);
    }
  }

  #push(): ImageIndex {
    const pushed = newImage(this.#options.layerSize ?? LAYER_SIZE);
    this.hub.push(REPOSITORY, pushed, { tags: ['latest'] });
    return pushed;
  }
}

let seed = 0;

function newImage(layerSize: number): ImageIndex {
  const one: Image = image({ layers: [randomLayer(layerSize, ++seed)] });
  return index([{ image: one }]);
}

/** A scene for each call, which is over with the test. */
export function scenes(it: DefineTest): (options?: SceneOptions) => Promise<Scene> {
  const open: Scene[] = [];
  it.afterEach(async () => {
    for (const scene of open.splice(0)) await scene.close();
  });
  return async (options = {}) => {
    const scene = await openScene(options);
    open.push(scene);
    return scene;
  };
}

/** Whoever opens one closes it. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { moment = 'cold', hub: hubOptions, disk, onDisk = disk !== undefined } = options;
  const directory = onDisk ? await tempDirectory() : undefined;
  const scene = new Scene(await startHub(hubOptions), options, directory);
  try {
    await scene.start();
    if (moment !== 'cold') assert.is(await scene.pull(), 'whole');
  } catch (error) {
    await scene.close();
    throw error;
  }
  if (moment === 'moved') scene.move();
  scene.hub.arrivals.clear();
  return scene;
}
