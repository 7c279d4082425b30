import { type Origin, placeOf } from './origin.ts';

/** One mistake in the configuration, as one sentence that begins with its place. */
export interface Problem {
  /** Dotted key, such as `proxy.remoteurl`, where the mistake is about one. */
  readonly key?: string;
  readonly origin?: Origin;
  /** For people; never contains a secret. */
  readonly message: string;
}

/** The configuration cannot be used. Holds every mistake that was found, not only the first. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';
  readonly code = 'CONFIG_INVALID';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.problems = problems;
  }
}

/** A mistake at a place: `sentence` goes on after the colon, without its full stop. */
export function problemAt(origin: Origin, sentence: string, key?: string): Problem {
  const message = `${placeOf(origin)}: ${sentence}`;
  return key === undefined ? { origin, message } : { origin, message, key };
}
