import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

/**
 * The bytes of a body, out of their chunks where it has some, compared with each sum that came with
 * them.
 *
 * @throws S3Error
 */
export function payloadOf({ headers }: S3Request, body: Buffer): Buffer {
  const announced = headers['x-amz-content-sha256'];
  const isChunked = typeof announced === 'string' && announced.startsWith('STREAMING-');
  const { bytes, trailers } = isChunked ? dechunked(body) : { bytes: body, trailers: {} };
  if (typeof announced === 'string' && /^[0-9a-f]{64}$/.test(announced)) {
    if (createHash('sha256').update(bytes).digest('hex') !== announced) {
      throw new S3Error(400, 'XAmzContentSHA256Mismatch');
    }
  }
  const sums = { ...headers, ...trailers };
  mustBe(sums['content-md5'], () => createHash('md5').update(bytes).digest('base64'));
  mustBe(sums['x-amz-checksum-sha256'], () => createHash('sha256').update(bytes).digest('base64'));
  mustBe(sums['x-amz-checksum-crc32'], () => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString('base64');
  });
  return bytes;
}

function mustBe(announced: string | string[] | undefined, sum: () => string): void {
  if (announced !== undefined && announced !== sum()) throw new S3Error(400, 'BadDigest');
}

/** `aws-chunked`: each chunk after its length in hex, and headers after the last, empty one. */
function dechunked(body: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.toString('latin1', at, end), 16);
    if (end === -1 || Number.isNaN(length)) throw new S3Error(400, 'IncompleteBody');
    if (length === 0) return { bytes: Buffer.concat(chunks), trailers: trailersIn(body, end + 2) };
    chunks.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

function trailersIn(body: Buffer, at: number): Record<string, string> {
  const lines = body.toString('latin1', at).split('\r\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => line.split(/:(.*)/).slice(0, 2)));
}
