/** What a client shows of itself. */
export interface Presented {
  /** Value of the `Authorization` header (RFC 9110 §11.6.2), if it sent one. */
  readonly authorization: string | undefined;
  /** The client's address; undefined on a Unix socket. */
  readonly address: string | undefined;
}

/** Decides who may ask the mirror for anything. */
export interface Authenticator {
  /**
   * Does nothing for who may; a promise only where there is something to wait for.
   *
   * @throws Unauthorized if the client has not shown that it may
   * @throws TooManyAttempts if it has tried too often to
   */
  authenticate(presented: Presented): Promise<void> | undefined;
}
