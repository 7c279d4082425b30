import type { Source } from '../../domain/ports/mirror.ts';

/** One request whose answer is over. */
export interface AccessEntry {
  readonly method: string;
  /** As the client sent it, with its query. */
  readonly path: string;
  readonly status: number;
  /** Bytes of the body that were handed to the connection. */
  readonly bytes: number;
  /**
   * Bytes of the body that the proxy in front was told to send, if it was; whether it did, it knows
   * alone.
   */
  readonly leftToProxy: number | undefined;
  readonly durationMs: number;
  readonly source: Source | undefined;
  /** The client's address; undefined on a Unix socket. */
  readonly client: string | undefined;
  /** Whether the client left before the answer's end. */
  readonly aborted: boolean;
  /** What failed, whole: the client was told less. */
  readonly error: unknown;
}

export interface AccessLog {
  request(entry: AccessEntry): void;
  /** Something went wrong outside any request, such as a connection that could not be accepted. */
  trouble?(error: Error): void;
}
