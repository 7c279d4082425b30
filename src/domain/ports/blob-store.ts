import type { ByteRange, ResolvedRange } from '../byte-range.ts';
import type { Digest } from '../digest.ts';
import type { ByteReader } from './byte-reader.ts';

/** A stored blob and its size in bytes. */
export interface StoredBlob {
  readonly digest: Digest;
  readonly size: number;
  /** When it was stored, in milliseconds since 1970, where the storage tells it. */
  readonly storedAtMs?: number;
}

/** The file in which a stored blob is, for another program of this machine that reads it by itself. */
export interface BlobFile {
  /** Absolute. */
  readonly path: string;
  /** The same below the storage's root, without a leading slash. */
  readonly key: string;
  /** In bytes, as of now. */
  readonly size: number;
}

/** A blob, or a part of it, that is open for reading. */
export interface OpenBlob extends ByteReader {
  /** The size of the whole blob in bytes. */
  readonly size: number;
  /** The part that `read` gives; undefined for the whole. */
  readonly range: ResolvedRange | undefined;
}

/**
 * A blob on its way in: bytes are appended, can be read back while more come, and are visible to
 * nobody else before `commit`. One writer, any number of readers.
 */
export interface StagedBlob {
  /** How many bytes are in it and can be read back. */
  readonly length: number;
  /**
   * Appends the pieces in order; once it resolves they can be read back. One call at a time. After a
   * rejection nothing can be appended, but what `length` says can still be read.
   */
  append(pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * At least one byte from `position` on, which must be below `length`, and at most as many as
   * `scratch` has room for; see {@link ByteReader.read} for whose memory it is. Works at any time
   * before `close`, whatever else was called.
   */
  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array>;
  /**
   * Makes the blob visible under its digest, whole and at once, and safe against a power cut. The
   * caller has verified the bytes. If the blob is there already, that one is kept, and this is a
   * success. If it rejects, nothing is visible; the bytes may be left to the next `stage`.
   */
  commit(): Promise<void>;
  /** Removes the bytes; does nothing after `commit` or `suspend`. */
  discard(): Promise<void>;
  /**
   * Leaves the bytes to the next `stage` of this digest; nothing can be appended any more. Does
   * nothing after `commit` or `discard`.
   */
  suspend(): Promise<void>;
  /**
   * Gives up what it holds, and removes what was neither committed nor suspended; safe more than
   * once.
   */
  close(): void;
}

/**
 * A blob that another process is staging, as far as it has come. Nobody has verified it, unless it
 * does so itself.
 */
export interface GrowingBlob {
  /** How many bytes can be read, as of the last {@link look}. */
  readonly length: number;
  /** Whether it was still a staged or a visible blob then; if not, it is never going on. */
  readonly isThere: boolean;
  /**
   * Whether all bytes had come by then, and had the digest. One that has this is whole when it says so,
   * whatever others say of the blob: what has come to it may be of several attempts.
   */
  readonly isVerified?: boolean;
  look(): Promise<void>;
  /**
   * Goes on with what that owner has staged, or, without one, with what is visible; does nothing if it
   * does so already. One lacks this that goes on by itself, whoever does.
   */
  turnTo?(owner: string | undefined): Promise<void>;
  /** As {@link StagedBlob.readAt}. */
  readAt(position: number, scratch: () => Uint8Array): Promise<Uint8Array>;
  /** Safe more than once. */
  close(): void;
}

/**
 * Content-addressed bytes. Content under a digest never changes once it is visible.
 *
 * A blob that is not there is `undefined` or `false`; every other trouble rejects, with
 * {@link StorageFailed}. Something at a blob's place that cannot be a blob (a folder, a broken link)
 * counts as not there.
 */
export interface BlobStore {
  /** The blob's size in bytes. */
  stat(digest: Digest): Promise<number | undefined>;
  /**
   * Opens the blob, or the part that `range` asks for. A blob that is removed while it is open is
   * read to its end all the same.
   *
   * @throws RangeNotSatisfiable if the blob has no byte of the range
   */
  open(digest: Digest, range?: ByteRange): Promise<OpenBlob | undefined>;
  /**
   * Starts a blob, or goes on with what was suspended or left behind by a process that died: then
   * `length` says how much there is, and nobody has verified it. Several may be under way for one
   * digest, each with bytes of its own; the first commit wins.
   */
  stage(digest: Digest): Promise<StagedBlob>;
  /**
   * What that owner, which is another process, is staging of the blob; undefined if it is nothing.
   * A storage lacks this whose staged blobs are seen by nobody else.
   *
   * @param size of the whole blob in bytes, where it is known
   */
  follow?(digest: Digest, owner: string, size?: number): Promise<GrowingBlob | undefined>;
  /**
   * How often it is worth looking for what can be followed, in milliseconds; absent where that costs
   * nothing.
   */
  readonly followEveryMs?: number;
  /**
   * What that owner, which is this process or one that stages in the same place, is staging of the
   * blob, for mirrors that cannot see it there. Only storages have it of which there are such.
   */
  share?(digest: Digest, owner: string): Promise<GrowingBlob | undefined>;
  /** Removes the blob; false if there was none. */
  delete(digest: Digest): Promise<boolean>;
  /** Removes many, where that costs less than one by one; those that are not there are none. */
  deleteMany?(digests: readonly Digest[]): Promise<void>;
  /** Takes a blob that turned out to be damaged out of sight; false if there was none. */
  setAside(digest: Digest): Promise<boolean>;
  /**
   * Where a client can fetch the blob by itself for a while; undefined if the blob is not there. Only
   * storages have it that clients can reach, and are meant to.
   */
  urlOf?(digest: Digest): Promise<string | undefined>;
  /**
   * The file that has the blob's bytes and nothing else; undefined if the blob is not there. Only
   * storages have it that keep blobs so. The file may be removed at any time.
   */
  fileOf?(digest: Digest): Promise<BlobFile | undefined>;
  /** Every visible blob, in no order; staged ones are none. */
  list(): AsyncIterable<StoredBlob>;
}
