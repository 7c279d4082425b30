const LARGEST = 1024 * 1024;
const SMALLEST = 16 * 1024;

/** Each response has one buffer that is being written, and one that is being read into. */
const BUFFERS_EACH = 2;

/**
 * Memory that bytes pass through on their way from storage to clients. Few clients get large buffers,
 * which is what makes a file go out fast; many get small ones, so that all of them together stay
 * about within `bytes`.
 *
 * The bound is soft: a reader that has bytes cannot wait for a buffer, so beyond it the smallest
 * ones are lent.
 */
export class BufferPool {
  readonly #bytes: number;
  readonly #kept: number;
  readonly #idle = new Map<number, Buffer[]>();
  #idleBytes = 0;
  #lentBytes = 0;
  #users = 0;

  /**
   * @param bytes what all buffers in use may take together
   * @param kept how much is kept for the next use; a new megabyte costs its page faults
   */
  constructor(bytes: number, kept: number = bytes / 2) {
    this.#bytes = bytes;
    this.#kept = kept;
  }

  get lentBytes(): number {
    return this.#lentBytes;
  }

  get idleBytes(): number {
    return this.#idleBytes;
  }

  get users(): number {
    return this.#users;
  }

  /** Counts one response more to share the memory with. */
  join(): void {
    this.#users++;
  }

  leave(): void {
    this.#users--;
  }

  /** A buffer for about `wanted` bytes; the caller gives it back or discards it. */
  lend(wanted: number): Buffer {
    const size = this.#sizeFor(wanted);
    const buffer = this.#idle.get(size)?.pop();
    this.#lentBytes += size;
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#idleBytes -= size;
    return buffer;
  }

  /** Takes a buffer back that nobody reads or writes any more. */
  takeBack(buffer: Buffer): void {
    const size = buffer.length;
    this.#lentBytes -= size;
    while (this.#idleBytes + size > this.#kept) if (!this.#forgetOther(size)) return;
    const idle = this.#idle.get(size);
    if (idle === undefined) this.#idle.set(size, [buffer]);
    else idle.push(buffer);
    this.#idleBytes += size;
  }

  /** Forgets a buffer that a connection may still look at. */
  discard(buffer: Buffer): void {
    this.#lentBytes -= buffer.length;
  }

  /** Makes room for the size that is in use now: what many clients left behind is of no use to few. */
  #forgetOther(size: number): boolean {
    for (const [other, idle] of this.#idle) {
      if (other === size || idle.pop() === undefined) continue;
      this.#idleBytes -= other;
      return true;
    }
    return false;
  }

  #sizeFor(wanted: number): number {
    const share = this.#bytes / (BUFFERS_EACH * Math.max(1, this.#users));
    const free = (this.#bytes - this.#lentBytes) / BUFFERS_EACH;
    const most = Math.min(share, free);
    let size = SMALLEST;
    while (size < wanted && size < LARGEST && size * 2 <= most) size *= 2;
    return size;
  }
}
