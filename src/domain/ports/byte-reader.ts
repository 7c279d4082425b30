/**
 * Bytes in order, pulled by whoever sends them. It is what the hot path has in place of an
 * `AsyncIterable`: the reader's buffers are used again and again, and a source that has the bytes
 * in memory shows them without copying.
 */
export interface ByteReader {
  /**
   * The next bytes; none (length 0) at the end. They are a view either of what `scratch` returned or
   * of memory of the source's own that does not change. `scratch` is called at most once, and only
   * when there are bytes to put into it, so a waiting reader holds no buffer. One call at a time.
   *
   * Rejects if the bytes cannot be had: then nothing more may be sent, and no end either.
   */
  read(scratch: () => Uint8Array): Promise<Uint8Array>;
  /** Gives up what the reader holds; safe at any time and more than once. */
  close(): void;
}
