import * as assert from 'uvu/assert';
import { NodeHasher } from '../../../src/adapters/system/node-hasher.ts';
import type { OpenBlob } from '../../../src/domain/ports/blob-store.ts';
import { BlobDamaged, VerifiedBlob } from '../../../src/domain/pull/verified-blob.ts';
import { readAll, sameBytes, sha256, someBytes } from '../../support/bytes.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const BYTES = someBytes(100);
const DIGEST = sha256(BYTES);

/** A blob that calls itself `size` bytes long and then gives these pieces. */
function blobOf(size: number, ...pieces: Uint8Array[]): OpenBlob {
  return {
    size,
    range: undefined,
    read: async () => pieces.shift() ?? new Uint8Array(0),
    close: () => {},
  };
}

function verified(blob: OpenBlob): { reader: VerifiedBlob; told: BlobDamaged[] } {
  const told: BlobDamaged[] = [];
  const tell = async (error: BlobDamaged): Promise<void> => void told.push(error);
  return { reader: new VerifiedBlob(blob, DIGEST, new NodeHasher(), tell), told };
}

testSuite('VerifiedBlob', (it) => {
  it('gives a sound blob to its end', async () => {
    const { reader, told } = verified(blobOf(100, BYTES.subarray(0, 60), BYTES.subarray(60)));
    assert.ok(sameBytes(await readAll(reader), BYTES));
    assert.equal(told, []);
  });

  const damaged: [what: string, blob: OpenBlob][] = [
    ['has a wrong byte', blobOf(100, BYTES.subarray(0, 60), new Uint8Array(40))],
    ['ends before its size', blobOf(100, BYTES.subarray(0, 60))],
    ['goes on beyond its size', blobOf(60, new Uint8Array(100))],
    ['is cut to nothing', blobOf(0)],
  ];
  for (const [what, blob] of damaged) {
    it(`fails, and tells it first, when the blob ${what}`, async () => {
      const { reader, told } = verified(blob);
      const error = await rejects(readAll(reader), BlobDamaged);
      assert.equal(told, [error]);
    });
  }

  it('is closed with the blob', () => {
    let closed = 0;
    const { reader } = verified({ ...blobOf(1), close: () => closed++ });
    reader.close();
    assert.is(closed, 1);
  });
});
