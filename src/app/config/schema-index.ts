import { nearest } from './nearest.ts';
import type { Field, Section, Setting } from './schema.ts';

/** What the names of the registry's variables begin with. */
export const VARIABLE_PREFIX = 'REGISTRY_';

/** A key or section of the schema with the names that lead to it. */
export interface IndexedField {
  readonly key: string;
  readonly field: Field;
  /** `undefined` where a `_` in a key keeps the REGISTRY_* rule from reaching it. */
  readonly variable: string | undefined;
  /** The field and the sections it is in, outermost first. */
  readonly path: readonly Field[];
}

/** The part of a variable's name that stands for `key`: the Go field's name. */
export function variablePart(key: string, field: Field): string {
  return field.variable ?? key.toUpperCase();
}

/** All keys of a schema by name, for suggestions, origins and the reference. */
export class SchemaIndex {
  readonly fields: readonly IndexedField[];
  readonly #keys: ReadonlyMap<Field, string>;

  constructor(root: Section) {
    this.fields = [...fieldsOf(root, [], [], [])];
    this.#keys = new Map(this.fields.map(({ field, key }) => [field, key]));
  }

  keyOf(field: Field): string {
    const key = this.#keys.get(field);
    if (key === undefined) throw new Error('this setting is not in the schema');
    return key;
  }

  /** The known key that was meant at `place`: a neighbour spelt nearly so, or one moved. */
  nearestKey(place: string, section: Section, name: string): string | undefined {
    const neighbour = nearest(name, [...section.fields.keys()]);
    if (neighbour !== undefined) return place === '' ? neighbour : `${place}.${neighbour}`;
    const keys = this.fields.map(({ key }) => key);
    const moved = keys.filter((key) => key.slice(key.lastIndexOf('.') + 1) === name.toLowerCase());
    return moved.length === 1 ? moved[0] : undefined;
  }

  nearestVariable(name: string): string | undefined {
    const rest = name.slice(VARIABLE_PREFIX.length);
    const known = this.fields.flatMap(
      ({ variable }) => variable?.slice(VARIABLE_PREFIX.length) ?? [],
    );
    const found = nearest(rest, known);
    return found === undefined ? undefined : VARIABLE_PREFIX + found;
  }
}

function* fieldsOf(
  section: Section,
  above: readonly Field[],
  keys: readonly string[],
  parts: readonly string[],
): Generator<IndexedField> {
  for (const [name, field] of section.fields) {
    const path = [...above, field];
    const keysHere = [...keys, name];
    const partsHere = [...parts, variablePart(name, field)];
    const reachable = !keysHere.some((key) => key.includes('_'));
    const variable = reachable ? VARIABLE_PREFIX + partsHere.join('_') : undefined;
    yield { key: keysHere.join('.'), field, variable, path };
    if (field.kind === 'section') yield* fieldsOf(field, path, keysHere, partsHere);
  }
}

/** The settings of an index, without its sections. */
export function isSetting(indexed: IndexedField): indexed is IndexedField & { field: Setting } {
  return indexed.field.kind === 'setting';
}
