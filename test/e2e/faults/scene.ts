import * as assert from 'uvu/assert';
import { type EmbeddedMirror, embeddedMirror } from '../../support/embedded-mirror.ts';
import { type HubDouble, type HubOptions, startHub } from '../../support/hub/hub-double.ts';
import { type Image, image, index, randomLayer } from '../../support/oci-image.ts';
import type { ImageIndex } from '../../support/oci-index.ts';
import type { DefineTest } from '../../support/suite.ts';
import { tryPull } from './try-pull.ts';

export const REPOSITORY = 'library/sample';

/** Of the one layer, in bytes. */
export const LAYER_SIZE = 300_000;

/** What the Hub holds when a fault is injected, and what of it the mirror has. */
export type Moment = 'cold' | 'warm' | 'moved';

export interface SceneOptions {
  moment?: Moment;
  env?: Readonly<Record<string, string>>;
  hub?: HubOptions;
  storage?: Parameters<typeof embeddedMirror>[0]['storage'];
}

/** A Hub with one image in it, and a mirror of it. */
export class Scene {
  readonly hub: HubDouble;
  readonly mirror: EmbeddedMirror;
  /** What the tag stands for at the Hub. */
  latest: ImageIndex;

  constructor(hub: HubDouble, mirror: EmbeddedMirror, latest: ImageIndex) {
    this.hub = hub;
    this.mirror = mirror;
    this.latest = latest;
  }

  /** The layer of the image that the tag stands for. */
  get layer(): { digest: string; bytes: Uint8Array } {
    const [layer] = this.latest.images[0]?.layers ?? [];
    assert.ok(layer);
    return layer;
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

  /** Moves the tag to a new image. */
  move(): void {
    this.latest = newImage();
    this.hub.push(REPOSITORY, this.latest, { tags: ['latest'] });
  }

  /** Nothing that is visible in the storage has another digest than its name. */
  async assertNothingWrongIsKept(): Promise<void> {
    const { createHash } = await import('node:crypto');
    for await (const { digest } of this.mirror.storage.blobs.list()) {
      const blob = await this.mirror.storage.blobs.open(digest);
      assert.ok(blob);
      const hash = createHash('sha256');
      const scratch = new Uint8Array(65_536);
      for (;;) {
        const piece = await blob.read(() => scratch);
        if (piece.byteLength === 0) break;
        hash.update(piece);
      }
      blob.close();
      assert.is(`sha256:${hash.digest('hex')}`, digest);
    }
  }
}

let seed = 0;

function newImage(): ImageIndex {
  const one: Image = image({ layers: [randomLayer(LAYER_SIZE, ++seed)] });
  return index([{ image: one }]);
}

/** A scene for each call, which is over with the test. */
export function scenes(it: DefineTest): (options?: SceneOptions) => Promise<Scene> {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });
  return async ({ moment = 'cold', env, hub: hubOptions, storage } = {}) => {
    const hub = await startHub(hubOptions);
    closing.push(() => hub.close());
    const latest = newImage();
    hub.push(REPOSITORY, latest, { tags: ['latest'] });
    const learned =
      env?.['PROXY_OFFLINE'] === 'true' ? undefined : hub.arrivals.reached('challenge');
    const mirror = await embeddedMirror({ upstream: hub.url, env, storage });
    closing.push(() => mirror.close());
    const scene = new Scene(hub, mirror, latest);
    if (hub.settings.auth) await learned;
    if (moment !== 'cold') assert.is(await scene.pull(), 'whole');
    if (moment === 'moved') scene.move();
    hub.arrivals.clear();
    return scene;
  };
}
