import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_ORIGIN, type Origin, placeOf } from './origin.ts';
import { asMap, isNull, plainValue, type RawEntry, type RawMap, type RawNode } from './raw-tree.ts';
import { quoted } from './redact.ts';
import type { Report } from './report.ts';
import type { Family, Field, Scalar, Section, Setting, Shape } from './schema.ts';
import type { SchemaIndex } from './schema-index.ts';

/** The value of one key after the check. */
export interface Checked {
  readonly value: unknown;
  readonly origin: Origin;
}

const KINDS = { scalar: 'a single value', list: 'a list', map: 'a section' };
const NOT_SHOWN = 'what is there (not shown, for it is secret)';
/** A number without a unit, where a duration is expected. */
const BARE = /^[1-9]\d*$/;
const EXPECTED = { section: 'a section', map: 'a section', list: 'a list' };

/**
 * Holds a tree against the schema: unknown keys and wrong types go to the report, and so does what
 * is set without effect; values and defaults of the rest are found under their dotted keys.
 */
export class Checker {
  readonly found: Map<string, Checked> = new Map();
  readonly #index: SchemaIndex;
  readonly #report: Report;

  constructor(index: SchemaIndex, report: Report) {
    this.#index = index;
    this.#report = report;
  }

  section(section: Section, node: RawNode, key: string, covered = false): void {
    const map = asMap(node, section.nameOnly);
    if (map.kind !== 'map') {
      if (!isNull(map)) this.#wrong(key, EXPECTED.section, map);
      this.#fields(section, undefined, key, covered);
      return;
    }
    for (const [name, entry] of map.entries) {
      if (section.fields.has(name) || isExtension(key, name)) continue;
      const { family } = section;
      if (family && name.startsWith(family.prefix)) this.#member(family, entry, `${key}.${name}`);
      else this.#unknown(section, key, name, entry);
    }
    this.#fields(section, map, key, covered);
  }

  /** A key of a family; without a value it is an empty section. */
  #member({ setting }: Family, { node, keyOrigin }: RawEntry, key: string): void {
    const value = isNull(node) ? {} : this.#value(setting.shape, node, key, setting.secret);
    this.found.set(key, { value, origin: keyOrigin });
  }

  #fields(section: Section, map: RawMap | undefined, key: string, covered: boolean): void {
    for (const [name, field] of section.fields) {
      this.#field(field, map?.entries.get(name), key === '' ? name : `${key}.${name}`, covered);
    }
  }

  /** `covered`: the standing of a section above is what counts, and has been dealt with. */
  #field(field: Field, entry: RawEntry | undefined, key: string, covered: boolean): void {
    if (entry && !covered && this.#refuses(field, entry, key)) {
      this.found.set(key, { value: undefined, origin: entry.keyOrigin });
      return;
    }
    const below = covered || field.standing.kind !== 'honoured';
    if (field.kind === 'setting') this.#setting(field, entry, key, below);
    else if (entry) {
      this.found.set(key, { value: undefined, origin: entry.keyOrigin });
      this.section(field, entry.node, key, below);
    } else if (!field.named) this.#fields(field, undefined, key, below);
  }

  /** Deals with a standing other than "honoured"; `true` if what is below matters no more. */
  #refuses(field: Field, entry: RawEntry, key: string): boolean {
    const { standing } = field;
    if (standing.kind === 'honoured' || standing.kind === 'met') return false;
    if (!hasEffect(field, entry.node)) return false;
    if (standing.kind === 'ignored') this.#report.ignored(key, entry.keyOrigin);
    else this.#report.problem(entry.keyOrigin, standing.because(key), key);
    return standing.kind === 'refused';
  }

  #setting(setting: Setting, entry: RawEntry | undefined, key: string, below: boolean): void {
    const given = entry && !isNull(entry.node) ? entry.node : undefined;
    if (given) {
      const value = this.#value(setting.shape, given, key, setting.secret) ?? setting.fallback;
      this.found.set(key, { value, origin: given.origin });
    } else if (!below) this.found.set(key, { value: setting.fallback, origin: DEFAULT_ORIGIN });
  }

  #value(shape: Shape, node: RawNode, key: string, secret: boolean): unknown {
    if (shape.kind === 'any') return plainValue(node);
    if (isNull(node)) return undefined;
    if (shape.kind === 'scalar') return this.#scalar(shape, node, key, secret);
    if (shape.kind === 'list' && node.kind === 'list') {
      return this.#items(shape.item, node.items, key, secret);
    }
    if (shape.kind === 'map' && node.kind === 'map') {
      const read = ([name, entry]: [string, RawEntry]): [string, unknown] => [
        name,
        this.#value(shape.item, entry.node, `${key}.${name}`, secret),
      ];
      return Object.fromEntries([...node.entries].map(read));
    }
    if (shape.kind === 'section') return this.#item(shape, node, key);
    return this.#wrong(key, EXPECTED[shape.kind], node);
  }

  /** Each is found under its position too, empty or wrong ones without a value. */
  #items(shape: Shape, nodes: readonly RawNode[], key: string, secret: boolean): unknown[] {
    const values = nodes.map((node, position) => {
      const value = this.#value(shape, node, `${key}.${position}`, secret);
      this.found.set(`${key}.${position}`, { value, origin: node.origin });
      return value;
    });
    return values.filter((value) => value !== undefined);
  }

  /** A section in a list: an object with the value of each of its keys, or its default. */
  #item(section: Section, node: RawNode, key: string): unknown {
    this.section(section, node, key, true);
    if (node.kind !== 'map') return undefined;
    const valueOf = ([name, field]: [string, Field]): [string, unknown] => {
      const fallback = field.kind === 'setting' ? field.fallback : undefined;
      return [name, this.found.get(`${key}.${name}`)?.value ?? fallback];
    };
    return Object.fromEntries([...section.fields].map(valueOf));
  }

  #scalar(shape: Scalar, node: RawNode, key: string, secret: boolean): unknown {
    if (node.kind !== 'scalar') return this.#wrong(key, shape.expected, node);
    const result = shape.type.safeParse(node.text);
    if (!result.success) {
      return this.#wrong(key, shape.expected, node, secret ? NOT_SHOWN : shown(shape, node.text));
    }
    if (shape.name === 'duration' && Math.abs(result.data as number) < 1)
      this.#bare(node.text, key, node.origin);
    return result.data;
  }

  /** `draintimeout: 30` asks for 30 nanoseconds, and nobody means that. */
  #bare(text: string, key: string, origin: Origin): void {
    if (!BARE.test(text)) return;
    this.#report.warn(
      `${key} is ${text} nanoseconds (${placeOf(origin)}), for a number without a unit counts ` +
        `nanoseconds; write \`${text}s\` for seconds.`,
    );
  }

  /** Where a section was expected, what is found may hold anything, and only its kind is told. */
  #wrong(
    key: string,
    expected: string,
    node: RawNode,
    found: string = KINDS[node.kind],
  ): undefined {
    const hint = node.origin.kind === 'variable' ? hintOfYaml(expected, node) : '';
    this.#report.problem(node.origin, `${key} must be ${expected}, not ${found}${hint}`, key);
  }

  #unknown(section: Section, place: string, name: string, entry: RawEntry): void {
    const key = place === '' ? name : `${place}.${name}`;
    const nearest = this.#index.nearestKey(place, section, name);
    const hint = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
    this.#report.problem(entry.keyOrigin, `${key} is not a known key${hint}`, key);
  }
}

/** A variable that holds one value where a list is expected, or brackets where none are. */
function hintOfYaml(expected: string, { kind }: RawNode): string {
  if (kind !== 'scalar') {
    return '; a variable is read as YAML, so quote a value that is not meant so';
  }
  return expected === EXPECTED.list ? '; a variable is read as YAML, so write `[a, b]`' : '';
}

function shown({ name }: Scalar, text: string): string {
  const bare = name === 'duration' && BARE.test(text);
  return bare ? `${quoted(text)}, which counts nanoseconds` : quoted(text);
}

/** `x-anything:` at the top is a place for anchors, for the registry ignores what it does not know. */
function isExtension(place: string, name: string): boolean {
  return place === '' && name.startsWith('x-');
}

/** Whether a setting differs from the registry's default, or anything in a section does. */
function hasEffect(field: Field, node: RawNode): boolean {
  if (field.kind === 'section') return field.named || sectionHasEffect(field, node);
  if (node.kind === 'list') return node.items.length > 0;
  if (node.kind === 'map') return node.entries.size > 0;
  if (isNull(node) || node.text === '') return false;
  if (field.shape.kind !== 'scalar') return true;
  const result = field.shape.type.safeParse(node.text);
  return result.success && !isDeepStrictEqual(result.data, field.fallback);
}

function sectionHasEffect(section: Section, node: RawNode): boolean {
  const map = asMap(node, section.nameOnly);
  if (map.kind !== 'map') return false;
  return [...map.entries].some(([name, entry]) => {
    const field = section.fields.get(name);
    return field !== undefined && hasEffect(field, entry.node);
  });
}
