/** The processes that use a storage, as far as the storage tells. */
export interface Owners {
  /** This process; no other ever has the same name. */
  readonly self: string;
  /** Whether the storage's put-if-absent lets only one of them succeed. */
  readonly canCoordinate: boolean;
  /**
   * Whether none but this process is known to use it just now; another may begin to at any moment.
   * Left out where that cannot be known.
   */
  isAlone?(): Promise<boolean>;
  /** Whether that one has certainly ended; false if it cannot be known. */
  isGone(owner: string): Promise<boolean>;
  /**
   * It has given no sign of life for too long: what it has staged may be taken. It need not be gone,
   * and what it begins when it goes on is its own.
   */
  presumeGone(owner: string): void;
}
