import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { BlobStore, StagedBlob } from '../../../src/domain/ports/blob-store.ts';
import { content, readBack, readOnce, sameBytes } from './content.ts';

/** One thing that is done with a staged blob; `readAt` is a share of the present length. */
export type Step =
  | { readonly append: readonly Uint8Array[] }
  | { readonly readAt: number; readonly scratchSize: number }
  | 'suspend';

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ append: fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }) }),
  fc.record({
    readAt: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    scratchSize: fc.integer({ min: 1, max: 500 }),
  }),
  fc.constant('suspend' as const),
);

export const STEPS: fc.Arbitrary<Step[]> = fc.array(STEP, { maxLength: 30 });

/** A blob of its own for each, or a failed one would leave something to the next. */
let plays = 0;

/** Does the steps with a staged blob and with a plain buffer; both must tell the same. */
export async function play(blobs: BlobStore, steps: readonly Step[]): Promise<void> {
  const { digest } = content(10, plays++);
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
      assert.is(staged.length, model.length);
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
