import { nearest } from './nearest.ts';
import type { Family, Field, Section, Standing } from './schema.ts';

/** What the names of the registry's variables begin with. */
export const VARIABLE_PREFIX = 'REGISTRY_';

/** A key or section of the schema with the names that lead to it. */
export interface IndexedField {
  readonly key: string;
  readonly field: Field;
  /** `undefined` where a `_` in a key keeps the REGISTRY_* rule from reaching it. */
  readonly variable: string | undefined;
  /** That of the outermost section, or else of the key itself, that is not just honoured. */
  readonly standing: Standing;
  /** Whether the standing is declared here, and not by a section around it. */
  readonly ownStanding: boolean;
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
    this.fields = [...fieldsOf(root, { keys: [], parts: [], standing: root.standing })];
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

  /** The variable that was meant, also where its YAML name was used for its Go name. */
  nearestVariable(name: string): string | undefined {
    const spelt = new Map<string, string>();
    for (const { key, field, variable } of this.fields) {
      if (variable === undefined || !canBeMeant(field)) continue;
      spelt.set(VARIABLE_PREFIX + key.toUpperCase().replaceAll('.', '_'), variable);
      spelt.set(variable, variable);
    }
    const names = [...spelt.keys()].map((each) => each.slice(VARIABLE_PREFIX.length));
    const found = nearest(name.slice(VARIABLE_PREFIX.length), names);
    return found === undefined ? undefined : spelt.get(VARIABLE_PREFIX + found);
  }
}

/** Of sections, only those that may be set by name alone. */
function canBeMeant(field: Field): boolean {
  return field.kind === 'setting' || field.named || field.nameOnly;
}

/** No variable reaches one, for the colon in its key. */
function familyOf({ name, setting }: Family, { keys, standing }: Above): IndexedField {
  const key = [...keys, name].join('.');
  return { key, field: setting, variable: undefined, standing, ownStanding: false };
}

interface Above {
  readonly keys: readonly string[];
  readonly parts: readonly string[];
  readonly standing: Standing;
}

function* fieldsOf(section: Section, above: Above): Generator<IndexedField> {
  for (const [name, field] of section.fields) {
    const keys = [...above.keys, name];
    const parts = [...above.parts, variablePart(name, field)];
    const covered = above.standing.kind !== 'honoured';
    const standing = covered ? above.standing : field.standing;
    const reachable = !keys.some((key) => key.includes('_'));
    const variable = reachable ? VARIABLE_PREFIX + parts.join('_') : undefined;
    yield { key: keys.join('.'), field, variable, standing, ownStanding: !covered };
    if (field.kind === 'section') yield* fieldsOf(field, { keys, parts, standing });
  }
  if (section.family !== undefined) yield familyOf(section.family, above);
}
