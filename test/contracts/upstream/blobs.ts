import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { BlobUnknown, NameUnknown, UpstreamFailure } from '../../../src/domain/errors.ts';
import type { FetchedBlob } from '../../../src/domain/ports/upstream.ts';
import { image, randomLayer } from '../../support/oci-image.ts';
import { rejects } from '../../support/suite.ts';
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

export function upstreamBlobContract(name: string, create: CreateUpstream): void {
  upstreamSuite(`${name}: blobs`, { create, content: CONTENT }, (it, upstream) => {
    it('gives a whole blob and its size', async () => {
      const blob = await upstream().fetchBlob(ALPINE, DIGEST, 0);
      assert.is(blob.offset, 0);
      assert.is(blob.size, LARGE);
      assert.ok(BYTES.equals(await bodyOf(blob)));
    });

    it('gives the config of an image as a blob', async () => {
      const blob = await upstream().fetchBlob(ALPINE, CONFIG, 0);
      assert.ok(Buffer.from(IMAGE.config.bytes).equals(await bodyOf(blob)));
    });

    for (const offset of [1, 5_000_000, LARGE - 1]) {
      it(`gives the rest from byte ${offset} on, or says that it begins at 0`, async () => {
        const blob = await upstream().fetchBlob(ALPINE, DIGEST, offset);
        assert.ok(blob.offset === offset || blob.offset === 0);
        assert.is(blob.size, LARGE);
        assert.ok(BYTES.subarray(blob.offset).equals(await bodyOf(blob)));
      });
    }

    it('tells the size of a blob without fetching it', async () => {
      assert.is(await upstream().statBlob(ALPINE, DIGEST), LARGE);
    });

    it('does not know a blob that is not there', async () => {
      const digest = parseDigest(UNKNOWN);
      await rejects(upstream().fetchBlob(ALPINE, digest, 0), BlobUnknown);
      await rejects(upstream().fetchBlob(ALPINE, digest, 17), BlobUnknown);
      await rejects(upstream().statBlob(ALPINE, digest), BlobUnknown);
    });

    it('does not know a repository that is not there', async () => {
      await rejects(upstream().fetchBlob(NOWHERE, DIGEST, 0), NameUnknown);
      await rejects(upstream().statBlob(NOWHERE, DIGEST), NameUnknown);
    });

    it('may be left in the middle', async () => {
      const blob = await upstream().fetchBlob(ALPINE, DIGEST, 0);
      for await (const piece of blob.body) {
        assert.ok(piece.byteLength > 0);
        break;
      }
      blob.cancel();
    });

    it('fails after it was given up', async () => {
      const blob = await upstream().fetchBlob(ALPINE, DIGEST, 0);
      blob.cancel();
      blob.cancel();
      await rejects(bodyOf(blob), UpstreamFailure);
    });

    it('gives up what runs when the upstream is closed', async () => {
      const other = await create(CONTENT);
      const blob = await other.upstream.fetchBlob(ALPINE, DIGEST, 0);
      await other.upstream.close();
      await rejects(bodyOf(blob), UpstreamFailure);
      await other.close();
    });
  });
}
