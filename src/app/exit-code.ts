/** What the process ends with; the README tells it to those who write service units. */
export const EXIT = {
  /** Stopped as asked. */
  ok: 0,
  /** Something that should not happen. */
  failure: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The storage cannot be used. */
  storage: 3,
  /** The address cannot be listened on. */
  listen: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
