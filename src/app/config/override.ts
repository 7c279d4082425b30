import { anything } from './declare.ts';
import type { Origin } from './origin.ts';
import {
  asMap,
  emptyList,
  emptyMap,
  isNull,
  nullNode,
  type RawMap,
  type RawNode,
  withEntry,
} from './raw-tree.ts';
import type { Report } from './report.ts';
import type { Section, Shape } from './schema.ts';
import { variablePart } from './schema-index.ts';

/**
 * One variable on its way down the tree, as in the registry's `configuration/parser.go`. Each step
 * returns the node with the override in it, or `undefined` where the name leads nowhere. A node of
 * the wrong kind is left as it is, for the check that follows to complain about.
 */
export class Override {
  readonly #payload: RawNode;
  readonly #origin: Origin;
  readonly #report: Report;

  constructor(payload: RawNode, report: Report) {
    this.#payload = payload;
    this.#origin = payload.origin;
    this.#report = report;
  }

  /** `overwriteFields`: where the name ends, there the value goes. */
  into(
    shape: Shape,
    node: RawNode | undefined,
    parts: readonly string[],
    inGoMap = false,
  ): RawNode | undefined {
    const [part, ...rest] = parts;
    if (part === undefined) return this.#payload;
    if (shape.kind === 'section') return this.#section(shape, node, part, rest, inGoMap);
    if (shape.kind === 'map') return this.#map(shape.item, node, part, rest);
    if (shape.kind === 'list') return this.#list(shape.item, node, part, rest);
    if (shape.kind === 'scalar') return undefined;
    if (node?.kind === 'list') return this.#list(shape, node, part, rest);
    return this.#map(shape, node, part, rest);
  }

  /** `overwriteStruct`; or `overwriteMap`, where the section is a map in Go. */
  #section(
    section: Section,
    node: RawNode | undefined,
    part: string,
    rest: readonly string[],
    inGoMap: boolean,
  ): RawNode | undefined {
    const map = asMap(this.#orEmpty(node), section.nameOnly);
    if (map.kind !== 'map') return map;
    const goMap = inGoMap || section.goMap;
    const key = goMap ? mapKey(map, part) : fieldKey(section, part);
    const field = key === undefined ? undefined : section.fields.get(key);
    if (key === undefined || (field === undefined && !section.strict)) return undefined;
    const shape = field?.kind === 'setting' ? field.shape : (field ?? anything);
    const after = this.into(shape, map.entries.get(key)?.node, rest, goMap);
    return after && withEntry(map, key, after);
  }

  /** `overwriteMap`: an existing key, whatever its case, or a new one in lower case. */
  #map(
    item: Shape,
    node: RawNode | undefined,
    part: string,
    rest: readonly string[],
  ): RawNode | undefined {
    const map = this.#orEmpty(node);
    if (map.kind !== 'map') return map;
    const key = mapKey(map, part);
    const after = this.into(item, map.entries.get(key)?.node, rest);
    return after && withEntry(map, key, after);
  }

  /**
   * A number up to the length; the length itself appends. Where the items are texts, the registry
   * appends an empty one and drops the value; here the value is what is appended.
   */
  #list(
    item: Shape,
    node: RawNode | undefined,
    part: string,
    rest: readonly string[],
  ): RawNode | undefined {
    const list = node === undefined || isNull(node) ? emptyList(this.#origin) : node;
    if (list.kind !== 'list') return list;
    const position = /^\d+$/.test(part) ? Number(part) : Number.NaN;
    if (!(position <= list.items.length)) return this.#badIndex(part, list.items.length);
    const after = this.into(item, list.items[position], rest);
    return after && { ...list, items: list.items.toSpliced(position, 1, after) };
  }

  #badIndex(part: string, length: number): RawNode {
    const expected = length === 0 ? '0' : `a number from 0 to ${length}`;
    this.#report.problem(
      this.#origin,
      `\`${part}\` counts the items of a list, so it must be ${expected}`,
    );
    return nullNode(this.#origin);
  }

  #orEmpty(node: RawNode | undefined): RawNode {
    return node === undefined || isNull(node) ? emptyMap(this.#origin) : node;
  }
}

/** A struct's field is named in upper case, exactly. */
function fieldKey(section: Section, part: string): string | undefined {
  for (const [key, field] of section.fields) if (variablePart(key, field) === part) return key;
  return undefined;
}

function mapKey(map: RawMap, part: string): string {
  return [...map.entries.keys()].find((key) => key.toUpperCase() === part) ?? part.toLowerCase();
}
