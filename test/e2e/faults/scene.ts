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
import { eventually } from '../../support/eventually.ts';
import type { Arrival } from '../../support/hub/arrivals.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { type HubDouble, type HubOptions, startHub } from '../../support/hub/hub-double.ts';
import { digestOf } from '../../support/oci-content.ts';
import { type Image, image, index, randomLayer } from '../../support/oci-image.ts';
import type { ImageIndex } from '../../support/oci-index.ts';
import type { DefineTest } from '../../support/suite.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
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
  readonly #start: () => Promise<EmbeddedMirror>;
  readonly #layerSize: number;
  mirror: EmbeddedMirror;
  /** What the tag stands for at the Hub. */
  latest: ImageIndex;

  constructor(hub: HubDouble, options: SceneOptions, start: () => Promise<EmbeddedMirror>) {
    this.hub = hub;
    this.#start = start;
    this.#layerSize = options.layerSize ?? LAYER_SIZE;
    this.latest = newImage(this.#layerSize);
    this.mirror = undefined as unknown as EmbeddedMirror; // `start` follows at once
    hub.push(REPOSITORY, this.latest, { tags: ['latest'] });
  }

  async start(): Promise<void> {
    this.mirror = await this.#start();
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
    await eventually(async () => (await this.pull()) === 'whole', 'a pull is whole');
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
    this.latest = newImage(this.#layerSize);
    this.hub.push(REPOSITORY, this.latest, { tags: ['latest'] });
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
}

let seed = 0;

function newImage(layerSize: number): ImageIndex {
  const one: Image = image({ layers: [randomLayer(layerSize, ++seed)] });
  return index([{ image: one }]);
}

/** A scene for each call, which is over with the test. */
export function scenes(it: DefineTest): (options?: SceneOptions) => Promise<Scene> {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  return async (options = {}) => {
    const { moment = 'cold', onDisk = false, disk, storage, clock } = options;
    const hub = await startHub(options.hub);
    closing.push(() => hub.close());
    const env = { ...options.env };
    let rootDirectory = '';
    if (onDisk || disk !== undefined) {
      const directory = await tempDirectory();
      closing.push(() => directory.remove());
      rootDirectory = directory.path;
      env['STORAGE'] = 'filesystem';
      env['STORAGE_FILESYSTEM_ROOTDIRECTORY'] = rootDirectory;
    }
    const start = async (): Promise<EmbeddedMirror> => {
      const learned = hub.arrivals.reached('challenge', hub.arrivals.count('challenge') + 1);
      const mirror = await embeddedMirror({
        upstream: hub.url,
        env,
        storage: disk === undefined ? storage : new FilesystemStorage({ rootDirectory, disk }),
        clock,
      });
      closing.push(() => mirror.close());
      // What a mirror asks once, at its start, is no part of what a pull costs.
      if (hub.settings.auth && env['PROXY_OFFLINE'] !== 'true') await learned;
      return mirror;
    };
    const scene = new Scene(hub, options, start);
    await scene.start();
    if (moment !== 'cold') assert.is(await scene.pull(), 'whole');
    if (moment === 'moved') scene.move();
    hub.arrivals.clear();
    return scene;
  };
}
