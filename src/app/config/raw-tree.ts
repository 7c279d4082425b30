import type { Origin } from './origin.ts';

/**
 * The configuration before anything is known about its meaning: what file and variables say, each
 * node with its place. Never changed; an override makes a new tree ({@link withEntry}).
 */
export type RawNode = RawScalar | RawMap | RawList;

export interface RawScalar {
  readonly kind: 'scalar';
  /** As written, without quotes: the registry reads `password: 007` as the text `007`. */
  readonly text: string;
  /** What YAML makes of it where no type is known; `null` for an empty value. */
  readonly value: unknown;
  readonly origin: Origin;
}

export interface RawMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, RawEntry>;
  readonly origin: Origin;
}

export interface RawList {
  readonly kind: 'list';
  readonly items: readonly RawNode[];
  readonly origin: Origin;
}

export interface RawEntry {
  readonly node: RawNode;
  /** Place of the key, where `node.origin` is that of the value. */
  readonly keyOrigin: Origin;
}

export function nullNode(origin: Origin): RawScalar {
  return { kind: 'scalar', text: '', value: null, origin };
}

export function emptyMap(origin: Origin): RawMap {
  return { kind: 'map', entries: new Map(), origin };
}

export function emptyList(origin: Origin): RawList {
  return { kind: 'list', items: [], origin };
}

/** An empty value (`key:`, `~`, `''`) says as much as a missing one, which is Go's zero. */
export function isNull(node: RawNode | undefined): boolean {
  if (node === undefined) return true;
  return node.kind === 'scalar' && (node.value === null || node.text === '');
}

/** `map` with `key` set to `node`; the key keeps its place if it was there. */
export function withEntry(map: RawMap, key: string, node: RawNode): RawMap {
  const entries = new Map(map.entries);
  entries.set(key, { node, keyOrigin: node.origin });
  return { ...map, entries };
}

/**
 * Where a name alone may stand for a section (`nameOnly`), `inmemory` is read as `{inmemory: {}}`,
 * as `Storage.UnmarshalYAML` and `Auth.UnmarshalYAML` do.
 */
export function asMap(node: RawNode, nameOnly: boolean): RawNode {
  if (!nameOnly || node.kind !== 'scalar' || isNull(node)) return node;
  return withEntry(emptyMap(node.origin), node.text, emptyMap(node.origin));
}

/** The plain value of a node, for settings whose type the registry leaves open. */
export function plainValue(node: RawNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, { node: at }]) => [key, plainValue(at)]));
}
