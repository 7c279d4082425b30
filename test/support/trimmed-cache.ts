import type { Digest } from '../../src/domain/digest.ts';
import type { RepositoryName } from '../../src/domain/repository-name.ts';
import { whileTimePasses } from './blob-pulls.ts';
import { pullImage } from './image-pulls.ts';
import { type Image, image, randomLayer } from './oci-image.ts';
import { ALPINE } from './pull-parts.ts';
import { pass } from './settle.ts';
import type { UpkeepParts } from './upkeep-parts.ts';

/** Of the one layer that an image of {@link imageNumbered} has to itself, in bytes. */
export const LAYER_SIZE = 100_000;

/** An image of hardly more than {@link LAYER_SIZE}. */
export function imageNumbered(number: number, ...more: ReturnType<typeof randomLayer>[]): Image {
  return image({ layers: [...more, randomLayer(LAYER_SIZE, number)] });
}

/** So many bytes as a budget: room for that many such images, and not for one more. */
export function roomFor(images: number): { readonly kind: 'bytes'; readonly bytes: number } {
  return { kind: 'bytes', bytes: (images + 0.5) * LAYER_SIZE };
}

/** Pulls the image under a tag of its number, and lets a moment pass, and all that is due then. */
export async function pullNumbered(
  parts: UpkeepParts,
  number: number,
  repository: RepositoryName = ALPINE,
): Promise<Digest> {
  const digest = parts.upstream.push(repository, imageNumbered(number), `v${number}`);
  await whileTimePasses(parts, pullImage(parts, `v${number}`, repository));
  await upkeep(parts);
  return digest;
}

/** Lets what is due now, or in so long, come to its end. */
export async function upkeep(parts: UpkeepParts, afterMs = 1): Promise<void> {
  await pass(parts.clock, afterMs);
  await parts.background.idle();
}

export async function storedBytes({ storage }: UpkeepParts): Promise<number> {
  let sum = 0;
  for await (const { size } of storage.blobs.list()) sum += size;
  return sum;
}

/** The numbers of the images of alpine that are in storage with all that they need. */
export async function numbersHere({ storage }: UpkeepParts, upTo: number): Promise<number[]> {
  const here: number[] = [];
  for (let number = 0; number < upTo; number++) {
    const { manifest, config, layers } = imageNumbered(number);
    const sizes = [manifest, config, ...layers].map(({ digest }) => {
      return storage.blobs.stat(digest as Digest);
    });
    if (!(await Promise.all(sizes)).includes(undefined)) here.push(number);
  }
  return here;
}
