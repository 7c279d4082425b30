import type {
  Anything,
  Family,
  Field,
  ListOf,
  MapOf,
  Section,
  Setting,
  Shape,
  Standing,
  Typed,
} from './schema.ts';

const HONOURED: Standing = { kind: 'honoured' };

/** Understood, but without effect: named in the one warning. */
export const ignored: Standing = { kind: 'ignored' };

/** Without effect of its own, because what it asks for holds anyway. */
export function met(why: string): Standing {
  return { kind: 'met', why };
}

/** Not to be ignored silently: the start is refused. */
export function refused(because: (key: string) => string): Standing {
  return { kind: 'refused', because };
}

interface SettingOptions {
  readonly help: string;
  readonly default?: string;
  readonly secret?: boolean;
  readonly standing?: Standing;
  readonly variable?: string;
}

/** Declares a key. A default is written as in a file, and read by the key's own type. */
export function setting<T>(
  shape: Shape & Typed<T>,
  options: SettingOptions & { readonly default: string },
): Setting<T>;
export function setting<T>(
  shape: Shape & Typed<T>,
  options: SettingOptions,
): Setting<T | undefined>;
export function setting(shape: Shape, options: SettingOptions): Setting {
  const { help, secret = false, standing = HONOURED, variable } = options;
  const fallback = fallbackOf(shape, options.default);
  const written = options.default;
  return { kind: 'setting', shape, help, fallback, default: written, secret, standing, variable };
}

function fallbackOf(shape: Shape, written: string | undefined): unknown {
  if (written === undefined || shape.kind !== 'scalar') return undefined;
  return shape.type.parse(written);
}

interface SectionOptions {
  readonly help?: string;
  readonly standing?: Standing;
  readonly named?: boolean;
  readonly nameOnly?: boolean;
  readonly goMap?: boolean;
  readonly strict?: boolean;
  readonly variable?: string;
  readonly family?: Family;
}

/** Declares keys that belong together. A standing other than "honoured" covers all of them. */
export function section(keys: Record<string, Field>, options: SectionOptions = {}): Section {
  const { help = '', standing = HONOURED, named = false, nameOnly = false } = options;
  const { goMap = false, strict = false, variable, family } = options;
  // A map, so that a key called `constructor` finds nothing.
  const fields = new Map(Object.entries(keys));
  const form = { named, nameOnly, goMap, strict, variable, family };
  return { kind: 'section', fields, help, standing, ...form };
}

type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** Declares the keys of each item of a list; what is read is an object with their values. */
export function itemOf<K extends Record<string, Setting>>(
  keys: K,
): Section & Typed<{ readonly [N in keyof K]: ValueOf<K[N]> }> {
  return section(keys);
}

export function listOf<T>(item: Shape & Typed<T>): ListOf<T> {
  return { kind: 'list', item };
}

export function mapOf<T>(item: Shape & Typed<T>): MapOf<T> {
  return { kind: 'map', item };
}

export const anything: Anything = { kind: 'any' };
