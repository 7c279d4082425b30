import * as assert from 'node:assert/strict';
import { image, randomLayer } from '../../adapters/images/oci-image.ts';
import { parseDigest } from '../../domain/digest.ts';
import { BlobUnknown, NameUnknown, UpstreamFailure } from '../../domain/errors.ts';
import type { FetchedBlob } from '../../domain/ports/upstream.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
import { ALPINE, type CreateUpstream, NOWHERE, UNKNOWN, upstreamSuite } from './upstream-suite.ts';

/** Many times what any buffer on the way holds. */
const LARGE = 8 * 1024 * 1024;
const IMAGE = image({ layers: [randomLayer(LARGE)] });
const CONTENT = [{ repository: ALPINE, content: IMAGE, tags: ['latest'] }];
const BYTES = Buffer.from(IMAGE.layers[0]?.bytes ?? []);
const DIGEST = parseDigest(IMAGE.layers[0]?.digest ?? '');
const CONFIG = parseDigest(IMAGE.config.digest);

/** All pieces, looked at only when the last is here: each must have stayed as it was. */
async function bodyOf({ body }: FetchedBlob): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function upstreamBlobContract(test: DefineTest, create: CreateUpstream): void {
  upstreamSuite({ part: 'blobs', test, create, content: CONTENT }, (it) => {
    it('gives a whole blob and its size', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
      assert.equal(blob.offset, 0);
      assert.equal(blob.size, LARGE);
      assert.ok(BYTES.equals(await bodyOf(blob)));
    });

    it('gives the config of an image as a blob', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, CONFIG, 0);
      assert.ok(Buffer.from(IMAGE.config.bytes).equals(await bodyOf(blob)));
    });

    for (const offset of [1, 5_000_000, LARGE - 1]) {
      it(`gives the rest from byte ${offset} on, or says that it begins at 0`, async (upstream) => {
        const blob = await upstream.fetchBlob(ALPINE, DIGEST, offset);
        assert.ok(blob.offset === offset || blob.offset === 0);
        assert.equal(blob.size, LARGE);
        assert.ok(BYTES.subarray(blob.offset).equals(await bodyOf(blob)));
      });
    }

    it('gives a part that was asked for, or more and says so', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 1000, 5_000_000);
      assert.ok(blob.offset === 1000 || blob.offset === 0);
      assert.ok(blob.end === 5_000_000 || blob.end === undefined);
      assert.equal(blob.size, LARGE);
      assert.ok(BYTES.subarray(blob.offset, blob.end).equals(await bodyOf(blob)));
    });

    it('tells the size of a blob without fetching it', async (upstream) => {
      assert.equal(await upstream.statBlob(ALPINE, DIGEST), LARGE);
    });

    it('does not know a blob that is not there', async (upstream) => {
      const digest = parseDigest(UNKNOWN);
      await rejects(upstream.fetchBlob(ALPINE, digest, 0), BlobUnknown);
      await rejects(upstream.fetchBlob(ALPINE, digest, 17), BlobUnknown);
      await rejects(upstream.statBlob(ALPINE, digest), BlobUnknown);
    });

    it('does not know a repository that is not there', async (upstream) => {
      await rejects(upstream.fetchBlob(NOWHERE, DIGEST, 0), NameUnknown);
      await rejects(upstream.statBlob(NOWHERE, DIGEST), NameUnknown);
    });

    it('may be left in the middle', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
      for await (const piece of blob.body) {
        assert.ok(piece.byteLength > 0);
        break;
      }
      blob.cancel();
    });

    it('fails after it was given up', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
      blob.cancel();
      blob.cancel();
      await rejects(bodyOf(blob), UpstreamFailure);
    });

    it('gives up what runs when the upstream is closed', async (upstream) => {
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
      await upstream.close();
      await rejects(bodyOf(blob), UpstreamFailure);
    });
  });
}
