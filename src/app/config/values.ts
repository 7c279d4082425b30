import type { Checked } from './check.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import type { Report } from './report.ts';
import type { Field, Setting } from './schema.ts';
import type { SchemaIndex } from './schema-index.ts';

/** The checked values, by the setting that declares them; what sections build the result from. */
export class Values {
  readonly report: Report;
  readonly #found: ReadonlyMap<string, Checked>;
  readonly #index: SchemaIndex;

  constructor(found: ReadonlyMap<string, Checked>, index: SchemaIndex, report: Report) {
    this.#found = found;
    this.#index = index;
    this.report = report;
  }

  /** The value that was set, else the default. */
  of<T>(setting: Setting<T>): T {
    const checked = this.#found.get(this.#index.keyOf(setting));
    return checked === undefined ? setting.fallback : (checked.value as T);
  }

  keyOf(field: Field): string {
    return this.#index.keyOf(field);
  }

  /** Where it was set, or `default`. */
  origin(field: Field): Origin {
    return this.#found.get(this.#index.keyOf(field))?.origin ?? DEFAULT_ORIGIN;
  }

  /** Reports a mistake in the part of a setting that has this key, such as an item of a list. */
  partProblem(field: Field, part: string, sentence: string): void {
    const key = `${this.keyOf(field)}.${part}`;
    const origin = this.#found.get(key)?.origin ?? this.origin(field);
    this.report.problem(origin, `${key} ${sentence}`, key);
  }

  /** Whether file or variables name it, rightly or wrongly. */
  isSet(field: Field): boolean {
    return this.origin(field).kind !== 'default';
  }

  /** Reports a mistake in a setting; `sentence` goes on after its key. */
  problem(field: Field, sentence: string): void {
    const key = this.keyOf(field);
    this.report.problem(this.origin(field), `${key} ${sentence}`, key);
  }
}
