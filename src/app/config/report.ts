import { type Origin, placeOf } from './origin.ts';
import { type Problem, problemAt } from './problem.ts';

/** Collects what is wrong and what is worth a warning while the configuration is read. */
export class Report {
  readonly problems: Problem[] = [];
  readonly #warnings: string[] = [];
  readonly #ignored: string[] = [];
  readonly #unknownVariables = new Map<string, string | undefined>();

  problem(origin: Origin, sentence: string, key?: string): void {
    this.problems.push(problemAt(origin, sentence, key));
  }

  /** The problems as they stand in the file, and after them those of variables. */
  inOrder(): Problem[] {
    return this.problems.toSorted((one, other) => {
      const [a, b] = [one.origin, other.origin];
      if (a?.kind === 'file' && b?.kind === 'file') return a.line - b.line || a.column - b.column;
      return rank(one) - rank(other);
    });
  }

  warn(sentence: string): void {
    this.#warnings.push(sentence);
  }

  /** A setting that is understood but changes nothing. */
  ignored(key: string, origin: Origin): void {
    this.#ignored.push(`${key} (${placeOf(origin)})`);
  }

  /** A variable that names no setting: the registry says so and starts (`overwriteStruct`). */
  unknownVariable(name: string, nearest: string | undefined): void {
    this.#unknownVariables.set(name, nearest);
  }

  /** Every warning; settings without effect share one line, and so do unknown variables. */
  warnings(): string[] {
    const lines = [...this.#warnings];
    if (this.#ignored.length > 0) {
      const list = this.#ignored.join(', ');
      lines.push(`These settings are understood but have no effect in this version: ${list}.`);
    }
    if (this.#unknownVariables.size > 0) {
      const list = [...this.#unknownVariables].map(([name, nearest]) => name + didYouMean(nearest));
      lines.push(`These variables name no known setting and are ignored: ${list.join(', ')}.`);
    }
    return lines;
  }
}

function rank({ origin }: Problem): number {
  if (origin === undefined) return 0;
  return origin.kind === 'file' ? 1 : 2;
}

function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` (did you mean \`${nearest}\`?)`;
}
