import type { Origin } from './origin.ts';
import { emptyMap, nullNode, type RawEntry, type RawMap, type RawNode } from './raw-tree.ts';
import type { Report } from './report.ts';

/** Where every value of a program's own options comes from. */
export const OPTIONS_ORIGIN: Origin = { kind: 'options' };

/**
 * The tree of a configuration that a program gives as an object, as a file's would be. What only a
 * program can hold, a function for instance, is a mistake.
 */
export function optionsTree(options: Readonly<Record<string, unknown>>, report: Report): RawMap {
  return new ObjectReader(report).map(options, '');
}

class ObjectReader {
  readonly #report: Report;
  /** Of the value that is being read, all that it is in. */
  readonly #around: object[] = [];

  constructor(report: Report) {
    this.#report = report;
  }

  map(object: object, key: string): RawMap {
    const entries = new Map<string, RawEntry>();
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const node = this.#node(value, key === '' ? name : `${key}.${name}`);
      entries.set(name, { node, keyOrigin: OPTIONS_ORIGIN });
    }
    return { ...emptyMap(OPTIONS_ORIGIN), entries };
  }

  #node(value: unknown, key: string): RawNode {
    if (value === null) return nullNode(OPTIONS_ORIGIN);
    if (isScalar(value)) {
      return { kind: 'scalar', text: String(value), value, origin: OPTIONS_ORIGIN };
    }
    if (value instanceof URL) return this.#node(value.href, key);
    if (typeof value !== 'object') return this.#wrong(key, `a ${typeof value}`);
    if (this.#around.includes(value)) return this.#wrong(key, 'one that holds itself');
    if (!Array.isArray(value) && !isPlain(value)) return this.#wrong(key, 'an object of a class');
    this.#around.push(value);
    const node = this.#collection(value, key);
    this.#around.pop();
    return node;
  }

  #collection(value: object, key: string): RawNode {
    if (!Array.isArray(value)) return this.map(value, key);
    const items = value.map((item, position) => this.#node(item ?? null, `${key}.${position}`));
    return { kind: 'list', items, origin: OPTIONS_ORIGIN };
  }

  #wrong(key: string, found: string): RawNode {
    const sentence = `${key} must be text, a number, a boolean, a list or a plain object`;
    this.#report.problem(OPTIONS_ORIGIN, `${sentence}, not ${found}`, key);
    return nullNode(OPTIONS_ORIGIN);
  }
}

function isScalar(value: unknown): value is string | number | boolean | bigint {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm, such as Vitest's or Jest's, has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
