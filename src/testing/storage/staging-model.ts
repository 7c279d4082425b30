import * as assert from 'node:assert/strict';
import type { BlobStore, StagedBlob } from '../../domain/ports/blob-store.ts';
import { SeededRandom } from '../seeded-random.ts';
import { content, readBack, readOnce, sameBytes } from './content.ts';

/** One thing that is done with a staged blob; `readAt` is a share of the present length. */
type Step =
  | { readonly append: readonly Uint8Array[] }
  | { readonly readAt: number; readonly scratchSize: number }
  | 'suspend';

/** How many plays there are, each of as many steps at most, which nobody thought of. */
export const PLAYS = 40;
const STEPS = 30;

function someStep(random: SeededRandom): Step {
  const choice = random.below(5);
  if (choice === 0) return 'suspend';
  if (choice < 3) return { readAt: random.next(), scratchSize: 1 + random.below(500) };
  return { append: Array.from({ length: random.below(6) }, () => somePiece(random)) };
}

function somePiece(random: SeededRandom): Uint8Array {
  return Uint8Array.from({ length: random.below(300) }, () => random.below(256));
}

/**
 * Does steps that depend on the seed with a staged blob and with a plain buffer; both must tell the
 * same. It is a blob of its own for each, or a failed play would leave something to the next.
 */
export async function play(blobs: BlobStore, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const steps = Array.from({ length: random.below(STEPS + 1) }, () => someStep(random));
  const { digest } = content(10, seed);
  let staged = await blobs.stage(digest);
  let model = Buffer.alloc(0);
  try {
    for (const step of steps) {
      if (step === 'suspend') {
        await staged.suspend();
        staged.close();
        staged = await blobs.stage(digest);
      } else if ('append' in step) {
        await staged.append(step.append);
        model = Buffer.concat([model, ...step.append]);
      } else if (model.length > 0) {
        await readSome(staged, model, step);
      }
      assert.equal(staged.length, model.length);
    }
    sameBytes(await readBack(staged), model);
    await staged.discard();
  } finally {
    staged.close();
  }
}

async function readSome(
  staged: StagedBlob,
  model: Buffer,
  step: { readAt: number; scratchSize: number },
): Promise<void> {
  const position = Math.floor(step.readAt * model.length);
  const bytes = await readOnce((scratch) => staged.readAt(position, scratch), step.scratchSize);
  assert.ok(bytes.length > 0);
  sameBytes(bytes, model.subarray(position, position + bytes.length));
}
