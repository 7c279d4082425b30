import { crc32 } from 'node:zlib';

/** The largest stored block (RFC 1951 §3.2.4): its length has 16 bits. */
const LARGEST_BLOCK = 0xff_ff;
/** RFC 1952 §2.3: no flags, no time, and 255 for an unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/**
 * A gzip file whose bytes depend on the content alone, as digests need it: zlib's compression differs
 * between its versions and from processor to processor. Nothing is made smaller.
 */
export function storedGzip(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [HEADER];
  // An empty file has one block too.
  for (let at = 0; at === 0 || at < bytes.length; at += LARGEST_BLOCK) {
    const end = Math.min(at + LARGEST_BLOCK, bytes.length);
    parts.push(blockHeader(end - at, end === bytes.length), bytes.subarray(at, end));
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...parts, trailer]);
}

function blockHeader(length: number, isLast: boolean): Uint8Array {
  const header = Buffer.alloc(5);
  header.writeUInt8(isLast ? 1 : 0, 0);
  header.writeUInt16LE(length, 1);
  header.writeUInt16LE(length ^ LARGEST_BLOCK, 3);
  return header;
}
