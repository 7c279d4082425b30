import { type ByteRange, type ResolvedRange, resolveRange } from '../../../domain/byte-range.ts';
import { StorageFailed } from '../../../domain/errors.ts';
import type { OpenBlob } from '../../../domain/ports/blob-store.ts';
import { storageFailed } from './fs-errors.ts';
import type { OpenFile } from './open-file.ts';

const NOTHING = new Uint8Array(0);

/** A reader of a blob's file: one system call for each read, straight into the caller's buffer. */
export class FileBlob implements OpenBlob {
  readonly size: number;
  readonly range: ResolvedRange | undefined;
  readonly #file: OpenFile;
  readonly #end: number;
  #position: number;

  /** @throws RangeNotSatisfiable */
  constructor(file: OpenFile, size: number, range?: ByteRange) {
    this.size = size;
    this.range = range && resolveRange(range, size);
    this.#file = file;
    this.#position = this.range?.first ?? 0;
    this.#end = this.range === undefined ? size : this.range.last + 1;
  }

  async read(scratch: () => Uint8Array): Promise<Uint8Array> {
    const left = this.#end - this.#position;
    if (left === 0) return NOTHING;
    const bytes = await readSome(this.#file, scratch(), left, this.#position);
    this.#position += bytes.length;
    return bytes;
  }

  close(): void {
    this.#file.close();
  }
}

/** At least one byte from `position` on, and at most `limit`, which the file is known to have. */
export async function readSome(
  file: OpenFile,
  buffer: Uint8Array,
  limit: number,
  position: number,
): Promise<Uint8Array> {
  let count: number;
  try {
    count = await file.read(buffer, Math.min(limit, buffer.length), position);
  } catch (cause) {
    throw storageFailed('the blob could not be read', cause);
  }
  if (count === 0) throw new StorageFailed('the blob was cut short while it was being read');
  return buffer.subarray(0, count);
}
