import type { z } from 'zod';

declare const VALUE: unique symbol;

/** Known to the compiler only: what a value of a shape is once it is read. */
export interface Typed<T> {
  readonly [VALUE]?: T;
}

/** One value, read from the text of a YAML scalar by zod. */
export interface Scalar<T = unknown> extends Typed<T> {
  readonly kind: 'scalar';
  readonly type: z.ZodType<T, string>;
  /** One word for the reference. */
  readonly name: string;
  /** In words, for "must be ...". */
  readonly expected: string;
}

export interface ListOf<T = unknown> extends Typed<readonly T[]> {
  readonly kind: 'list';
  readonly item: Shape;
}

/** A map whose keys are the operator's own, such as header names. */
export interface MapOf<T = unknown> extends Typed<Readonly<Record<string, T>>> {
  readonly kind: 'map';
  readonly item: Shape;
}

/** A value whose type the registry leaves open too (`Parameters`, `interface{}`). */
export interface Anything extends Typed<unknown> {
  readonly kind: 'any';
}

export type Shape = Scalar | ListOf | MapOf | Anything | Section;

/**
 * What Kagami does with a key when it is set to something that would matter to the registry:
 * obeys it; needs not obey it, for `why`; names it in the one warning; or refuses to start.
 */
export type Standing =
  | { readonly kind: 'honoured' }
  | { readonly kind: 'met'; readonly why: string }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly because: (key: string) => string };

/** One key. Everything that is known about it stands in its declaration, and only there. */
export interface Setting<T = unknown> {
  readonly kind: 'setting';
  readonly shape: Shape;
  /** For the reference, in a sentence or two. */
  readonly help: string;
  /** The value when it is not set. */
  readonly fallback: T;
  /** The default as the operator would write it. */
  readonly default: string | undefined;
  /** Never printed. */
  readonly secret: boolean;
  readonly standing: Standing;
  /** Upper-cased Go field name, where it is not the key in upper case. */
  readonly variable: string | undefined;
}

/** Keys that begin alike and end as the operator likes, such as `module:NAME`. */
export interface Family {
  /** What they begin with. */
  readonly prefix: string;
  /** The key as the reference shows it. */
  readonly name: string;
  /** What each of them is. */
  readonly setting: Setting;
}

/** Keys that belong together. */
export interface Section {
  readonly kind: 'section';
  readonly fields: ReadonlyMap<string, Field>;
  readonly help: string;
  readonly standing: Standing;
  /** Naming it is enough to ask for it, as with `inmemory:`; otherwise a key in it must be set. */
  readonly named: boolean;
  /** A name alone stands for it: `storage: inmemory` is `storage: {inmemory: {}}`. */
  readonly nameOnly: boolean;
  /** A Go map, to which the REGISTRY_* rule applies otherwise than to a struct. */
  readonly goMap: boolean;
  /** An unknown name in it stops the start even when a variable brings it. */
  readonly strict: boolean;
  readonly variable: string | undefined;
  /** Further keys, which are not known one by one. Naming one is enough to ask for it. */
  readonly family: Family | undefined;
}

export type Field = Setting | Section;
