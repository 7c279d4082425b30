/** What a process that runs test files is told: to run one, or that no more is to come. */
export type Order = { readonly run: string } | 'end';

/** What came of a test file, as the process that ran it says. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What went wrong beside the tests; each counts as one more failure. */
  readonly problems: readonly string[];
}

/** The same, as the run shows it. */
export interface Report extends Outcome {
  /** What was run. */
  readonly name: string;
  /** All that was written meanwhile. */
  readonly output: string;
  readonly ms: number;
}

const MARK = '\0outcome ';

/**
 * The outcome goes the way of the output and not beside it: so all that was written before it has been
 * read when it is.
 */
export function writeOutcome(outcome: Outcome): void {
  process.stdout.write(`${MARK}${JSON.stringify(outcome)}\n`);
}

/** The outcome at the end of the output, once it is there, and the output without it. */
export function readOutcome(
  said: string,
): { readonly outcome: Outcome; readonly output: string } | undefined {
  const at = said.lastIndexOf(MARK);
  const end = said.indexOf('\n', at);
  if (at === -1 || end === -1) return undefined;
  const outcome = JSON.parse(said.slice(at + MARK.length, end)) as Outcome;
  return { outcome, output: said.slice(0, at) + said.slice(end + 1) };
}
