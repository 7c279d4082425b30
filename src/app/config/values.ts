import type { Checked } from './check.ts';
import { DEFAULT_ORIGIN, type Origin } from './origin.ts';
import type { Report } from './report.ts';
import type { Field, Section, Setting } from './schema.ts';
import type { SchemaIndex } from './schema-index.ts';

/** An item of a list. */
export interface Item<T> {
  /** Its position, as it stands in a key. */
  readonly part: string;
  readonly value: T;
}

/** A key of a family. */
export interface Member<T> {
  readonly key: string;
  /** What follows the family's prefix. */
  readonly name: string;
  readonly value: T | undefined;
  readonly origin: Origin;
}

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

  /** The items of a list, without those that are empty or wrong. */
  items<T>(setting: Setting<readonly T[] | undefined>): Item<T>[] {
    const items: Item<T>[] = [];
    for (let position = 0; ; position++) {
      const checked = this.#found.get(`${this.keyOf(setting)}.${position}`);
      if (checked === undefined) return items;
      if (checked.value === undefined) continue;
      items.push({ part: String(position), value: checked.value as T });
    }
  }

  /** The keys of a section's family that are given, rightly or wrongly. */
  family<T>({ family }: Section): Member<T>[] {
    if (family === undefined) return [];
    const shown = this.keyOf(family.setting);
    const start = shown.slice(0, -family.name.length) + family.prefix;
    const given = [...this.#found].filter(([key]) => key.startsWith(start));
    return given.map(([key, { value, origin }]) => {
      return { key, name: key.slice(start.length), value: value as T | undefined, origin };
    });
  }

  keyOf(field: Field): string {
    return this.#index.keyOf(field);
  }

  /** Where it was set, or `default`. */
  origin(field: Field): Origin {
    return this.#found.get(this.#index.keyOf(field))?.origin ?? DEFAULT_ORIGIN;
  }

  /** Whether anything, right or wrong, is given for the part of a setting that has this key. */
  isPartSet(field: Field, part: string): boolean {
    return this.#found.has(`${this.keyOf(field)}.${part}`);
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

  /** Warns of a setting; `sentence` goes on after its key. */
  warn(field: Field, sentence: string): void {
    this.report.warn(`${this.keyOf(field)} ${sentence}`);
  }

  /** Reports a mistake in a setting; `sentence` goes on after its key. */
  problem(field: Field, sentence: string): void {
    const key = this.keyOf(field);
    this.report.problem(this.origin(field), `${key} ${sentence}`, key);
  }
}
