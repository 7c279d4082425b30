import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Config } from './config.ts';
import { CONFIGURATION } from './configuration.ts';
import { anything } from './declare.ts';
import { DEFAULT_ORIGIN, type Origin, placeOf } from './origin.ts';
import { asMap, isNull, type RawMap, type RawNode } from './raw-tree.ts';
import { withoutPassword } from './redact.ts';
import type { Field, Section, Setting, Shape } from './schema.ts';
import { level } from './sections/log.ts';
import { rootdirectory } from './sections/storage.ts';
import { version } from './sections/version.ts';

const REDACTED = '[redacted]';
const WITHOUT_EFFECT = ' (without effect)';

/**
 * The configuration in force, as a file that says the same but for its secrets: what file and
 * variables say, and the defaults of the rest, each with where it came from.
 *
 * @param tree what file and variables say, checked
 */
export function effectiveYaml(tree: RawMap, config: Config): string {
  const isOldLevel = !isNull(tree.entries.get('loglevel')?.node);
  const root = sectionNode(CONFIGURATION, tree, { config, isOldLevel, isObeyed: true, note: '' });
  // Wide enough for no value to be folded.
  return new Document(root).toString({ lineWidth: 0 });
}

interface Context {
  readonly config: Config;
  /** Whether `loglevel` says what `log.level` would otherwise say. */
  readonly isOldLevel: boolean;
  /** Whether defaults of what is here are in force. */
  readonly isObeyed: boolean;
  /** What is to be said of everything here, after its place. */
  readonly note: string;
}

/** `undefined` if there is nothing to say about it. */
function sectionNode(
  section: Section,
  given: RawNode | undefined,
  context: Context,
): YAMLMap | undefined {
  const node = given && asMap(given, section.nameOnly);
  const entries = node?.kind === 'map' ? node.entries : undefined;
  const map = new YAMLMap();
  for (const [name, field] of section.fields) {
    const value = fieldNode(field, entries?.get(name)?.node, context);
    if (value !== undefined) map.items.push(new Pair(new Scalar(name), value));
  }
  for (const [name, entry] of entries ?? []) {
    const { family } = section;
    if (family === undefined || !name.startsWith(family.prefix)) continue;
    map.items.push(new Pair(new Scalar(name), settingNode(family.setting, entry.node, '')));
  }
  return map.items.length > 0 ? map : undefined;
}

function fieldNode(field: Field, node: RawNode | undefined, above: Context): Node | undefined {
  const note = field.standing.kind === 'ignored' ? WITHOUT_EFFECT : above.note;
  const isObeyed = above.isObeyed && field.standing.kind === 'honoured';
  const context = { ...above, isObeyed, note };
  if (field.kind === 'setting') {
    const isSet = node !== undefined && !isNull(node);
    return isSet ? settingNode(field, node, note) : defaultNode(field, context);
  }
  if (field.named && node === undefined && !isChosenStorage(field, context)) return undefined;
  // Of those, the name alone asks for something.
  return sectionNode(field, node, context) ?? (field.named ? emptySection(node, note) : undefined);
}

/** Where nothing names a storage, there is one all the same. */
function isChosenStorage(section: Section, { config }: Context): boolean {
  const isIt = [...section.fields.values()].includes(rootdirectory);
  return isIt && config.storage.driver === 'filesystem';
}

function emptySection(node: RawNode | undefined, note: string): Node {
  const map = new YAMLMap();
  map.comment = comment(node?.origin ?? DEFAULT_ORIGIN, note);
  map.flow = true;
  return map;
}

function settingNode({ secret, shape }: Setting, node: RawNode, note: string): Node {
  return secret ? scalarNode(REDACTED, node.origin, note) : valueNode(shape, node, note);
}

function defaultNode(setting: Setting, context: Context): Node | undefined {
  const text = context.isObeyed ? defaultOf(setting, context) : undefined;
  return text === undefined ? undefined : scalarNode(plainOf(text), DEFAULT_ORIGIN, '');
}

function defaultOf(setting: Setting, { config, isOldLevel }: Context): string | undefined {
  const { storage } = config;
  // A file needs a version, where variables alone do not.
  if (setting === version) return '0.1';
  if (setting === rootdirectory && storage.driver === 'filesystem') return storage.rootDirectory;
  return setting === level && isOldLevel ? undefined : setting.default;
}

function valueNode(shape: Shape, node: RawNode, note: string): Node {
  if (node.kind === 'list') {
    const list = new YAMLSeq();
    const item = shape.kind === 'list' ? shape.item : anything;
    list.items = node.items.map((each) => valueNode(item, each, note));
    return list;
  }
  if (node.kind === 'map') return mapNode(shape, node, note);
  const { text, value, origin } = node;
  // What YAML would read otherwise than it is written, such as `007`, is text where text is meant.
  const isRead = shape.kind === 'any' || String(value) === text;
  return scalarNode(isRead ? value : text, origin, note);
}

function mapNode(shape: Shape, { entries }: RawMap, note: string): Node {
  const map = new YAMLMap();
  for (const [name, { node }] of entries) {
    const field = shape.kind === 'section' ? shape.fields.get(name) : undefined;
    const item = shape.kind === 'map' ? shape.item : anything;
    const value =
      field?.kind === 'setting'
        ? settingNode(field, node, note)
        : valueNode(field ?? item, node, note);
    map.items.push(new Pair(new Scalar(name), value));
  }
  return map;
}

function scalarNode(value: unknown, origin: Origin, note: string): Node {
  const scalar = new Scalar(typeof value === 'string' ? withoutPassword(value) : value);
  scalar.comment = comment(origin, note);
  return scalar;
}

function comment(origin: Origin, note: string): string {
  return ` ${placeOf(origin)}${note}`;
}

/** A default as YAML would read it, so that `1000` is not shown in quotes. */
function plainOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
