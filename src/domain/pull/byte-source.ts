/** Where the readers of a transfer get their bytes from. */
export interface ByteSource {
  /** How many bytes have come. */
  readonly end: number;
  /** Whether every byte from `offset` on can still be read. */
  reaches(offset: number): boolean;
  /** At least one byte from `offset` on, which must be below {@link end}. */
  at(offset: number, scratch: () => Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** A reader has moved on or left. */
  readerMoved(): void;
}
