import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Origin, placeOf } from './origin.ts';
import { emptyMap, nullNode, type RawEntry, type RawMap, type RawNode } from './raw-tree.ts';
import type { Report } from './report.ts';
import { syntaxSentence } from './yaml-syntax.ts';

/** What YAML is read from: a file, or the value of a variable. */
export type YamlSource =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'variable'; readonly name: string };

/** As many as the yaml package lets pass; a file that needs more is an attack or a mistake. */
const MOST_ALIASES = 100;

/**
 * Reads YAML into a tree of values with their places. Anchors, aliases and merge keys (`<<`) are
 * followed, as the registry's decoder follows them.
 *
 * @returns `undefined` if it is not YAML, which is then in the report.
 */
export function yamlTree(text: string, source: YamlSource, report: Report): RawNode | undefined {
  return new TreeReader(text, source, report).read();
}

class TreeReader {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #source: YamlSource;
  readonly #report: Report;
  readonly #problemsBefore: number;
  #aliases = 0;

  constructor(text: string, source: YamlSource, report: Report) {
    this.#source = source;
    this.#report = report;
    this.#problemsBefore = report.problems.length;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // Duplicates are found here, so that the message can name the key and its first place.
      uniqueKeys: false,
    });
  }

  read(): RawNode | undefined {
    for (const error of this.#document.errors) {
      this.#report.problem(this.#at(error.pos[0]), syntaxSentence(error.code));
    }
    if (this.#document.errors.length > 0) return undefined;
    const tree = this.#node(this.#document.contents, this.#at(0));
    return this.#report.problems.length > this.#problemsBefore ? undefined : tree;
  }

  #at(offset: number): Origin {
    if (this.#source.kind === 'variable') return this.#source;
    const { line, col } = this.#lines.linePos(offset);
    return { ...this.#source, line, column: Math.max(col, 1) };
  }

  #node(node: Node | null | undefined, at: Origin): RawNode {
    if (!node) return nullNode(at);
    const origin = node.range ? this.#at(node.range[0]) : at;
    if (isAlias(node)) return this.#alias(node, origin);
    if (isMap<Node, Node | null>(node)) return this.#map(node, origin);
    if (isSeq<Node | null>(node)) return this.#list(node, origin);
    return this.#scalar(node as Scalar, origin);
  }

  #scalar(node: Scalar, origin: Origin): RawNode {
    return { kind: 'scalar', text: node.source ?? '', value: node.value, origin };
  }

  #list(node: YAMLSeq<Node | null>, origin: Origin): RawNode {
    return { kind: 'list', items: node.items.map((item) => this.#node(item, origin)), origin };
  }

  #alias(node: Alias, origin: Origin): RawNode {
    this.#aliases++;
    if (this.#aliases === MOST_ALIASES + 1) {
      this.#report.problem(origin, `more than ${MOST_ALIASES} aliases, or one that holds itself`);
    }
    if (this.#aliases > MOST_ALIASES) return nullNode(origin);
    const target = node.resolve(this.#document);
    if (!target) this.#report.problem(origin, syntaxSentence('BAD_ALIAS'));
    return this.#node(target, origin);
  }

  #map(node: YAMLMap<Node, Node | null>, origin: Origin): RawMap {
    const own = new Map<string, RawEntry>();
    const merged: RawMap[] = [];
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) merged.push(...this.#merged(pair));
      else this.#entry(pair, own);
    }
    // What is written beside `<<` wins over what it brings in; of several, the first wins.
    const entries = new Map([...merged.toReversed().flatMap((map) => [...map.entries]), ...own]);
    return { ...emptyMap(origin), entries };
  }

  #entry(pair: Pair<Node, Node | null>, own: Map<string, RawEntry>): void {
    const keyOrigin = this.#at(pair.key.range?.[0] ?? 0);
    if (!isScalar(pair.key)) {
      this.#report.problem(keyOrigin, 'a key must be text, not a list or a section');
      return;
    }
    const key = pair.key.source ?? String(pair.key.value);
    const first = own.get(key);
    if (first) {
      const before = placeOf(first.keyOrigin);
      this.#report.problem(keyOrigin, `${key} is given twice, first at ${before}`, key);
    }
    own.set(key, { keyOrigin, node: this.#node(pair.value, keyOrigin) });
  }

  #merged(pair: Pair<Node, Node | null>): RawMap[] {
    const at = this.#at(pair.key.range?.[0] ?? 0);
    const node = this.#node(pair.value, at);
    const maps = node.kind === 'list' ? node.items : [node];
    if (!maps.every(isSection)) this.#report.problem(at, '<< must name a section to merge in');
    return maps.filter(isSection);
  }
}

function isSection(node: RawNode): node is RawMap {
  return node.kind === 'map';
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}
