import type { Digest } from '../../src/domain/digest.ts';
import {
  digestsToDelete,
  type EvictionPlan,
  type Exemptions,
  planEviction,
} from '../../src/domain/upkeep/eviction-plan.ts';
import { type HeldImage, type ImageFacts, Inventory } from '../../src/domain/upkeep/inventory.ts';
import { KEEP, NAMED, type Scene } from './eviction-scenes.ts';

export function inventoryOf(scene: Pick<Scene, 'blobs' | 'images'>): Inventory {
  const inventory = new Inventory();
  for (const blob of scene.blobs) inventory.addBlob(blob);
  for (const image of scene.images) inventory.addImage(image);
  return inventory;
}

export function planOf(scene: Scene, inventory: Inventory = inventoryOf(scene)): EvictionPlan {
  const exemptions: Exemptions = {
    isKept: ({ tags }) => tags.includes(KEEP),
    isBusy: (digest) => scene.busy.includes(digest),
    isNamed: ({ tags }) => !scene.onlyNamed || tags.includes(NAMED),
  };
  return planEviction(inventory, scene.limits, exemptions);
}

/** What comes of a plan, reckoned in a plainer way than the planner's own. */
export class Outcome {
  readonly plan: EvictionPlan;
  readonly deleted: readonly Digest[];
  readonly staying: readonly ImageFacts[];
  readonly leaving: readonly ImageFacts[];
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.plan = planOf(scene);
    this.deleted = [...digestsToDelete(this.plan)];
    const gone = this.plan.verdicts.filter(({ removal }) => removal !== undefined);
    const isGone = (facts: ImageFacts): boolean => gone.some(({ image }) => isSame(image, facts));
    this.leaving = scene.images.filter(isGone);
    this.staying = scene.images.filter((facts) => !isGone(facts));
  }

  facts(image: HeldImage): ImageFacts {
    return this.#scene.images.find((facts) => isSame(image, facts)) as ImageFacts;
  }

  /** Whether one of the images needs the blob. */
  isNeeded(digest: Digest, by: readonly ImageFacts[] = this.staying): boolean {
    return by.some((facts) => membersOf(facts).includes(digest));
  }

  bytes(digests: Iterable<Digest>): number {
    const sizes = new Map(this.#scene.blobs.map(({ digest, size }) => [digest, size]));
    return Array.from(digests, (digest) => sizes.get(digest) ?? 0).reduce((a, b) => a + b, 0);
  }
}

export function membersOf({ digest, members }: ImageFacts): Digest[] {
  return [...new Set([digest, ...members])];
}

export function nameOf({ repository, digest }: HeldImage | ImageFacts): string {
  return `${repository}@${digest}`;
}

function isSame(image: HeldImage, facts: ImageFacts): boolean {
  return nameOf(image) === nameOf(facts);
}
