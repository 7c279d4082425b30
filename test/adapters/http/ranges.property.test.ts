import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { servings } from './serving.ts';

/** Numbers around the blob's size, and some that are far away. */
const offset = fc.oneof(
  { weight: 9, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.nat(2 ** 31) },
);
const range = fc.oneof(
  fc.tuple(offset, offset).map(([first, last]) => `bytes=${first}-${last}`),
  offset.map((first) => `bytes=${first}-`),
  offset.map((length) => `bytes=-${length}`),
);

/** RFC 9110 §14.1.2, said again and more simply. */
function partOf(bytes: Buffer, header: string): Buffer | undefined {
  const [first = '', last = ''] = header.slice('bytes='.length).split('-');
  if (first === '') return Number(last) === 0 ? undefined : bytes.subarray(-Number(last));
  if (last !== '' && Number(last) < Number(first)) return undefined;
  return bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
}

testSuite('any range of any blob', (it) => {
  const serve = servings(it);

  it('is exactly the bytes it names, or 416 with the size', async () => {
    const serving = await serve();
    const property = fc.asyncProperty(
      fc.uint8Array({ maxLength: 32 }),
      range,
      async (of, header) => {
        const bytes = Buffer.from(of);
        const digest = serving.mirror.addBlob('a/b', bytes);
        const headers = { Range: header };
        const answer = await serving.ask(`/v2/a/b/blobs/${digest}`, { headers });
        const part = partOf(bytes, header);
        if (part === undefined || part.length === 0) {
          assert.is(answer.status, 416);
          assert.is(answer.headers['content-range'], `bytes */${bytes.length}`);
          return;
        }
        const first = part.byteOffset - bytes.byteOffset;
        const last = first + part.length - 1;
        assert.is(answer.status, 206);
        assert.is(answer.headers['content-range'], `bytes ${first}-${last}/${bytes.length}`);
        assert.is(answer.headers['content-length'], String(part.length));
        assert.ok(answer.body.equals(part));
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});
