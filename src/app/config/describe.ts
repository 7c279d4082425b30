import { CONFIGURATION, CONFIGURATION_INDEX } from './configuration.ts';
import { CONFIGURATION_GUIDE } from './guide.ts';
import type { Setting, Shape } from './schema.ts';
import { type IndexedField, variablePart } from './schema-index.ts';

/** The reference in `docs/configuration.md`: a page of Markdown made from the schema. */
export function describeConfiguration(): string {
  const tables = [...CONFIGURATION.fields].flatMap(([name, field]) => {
    const rows = CONFIGURATION_INDEX.fields.filter((each) => isOf(name, each)).flatMap(row);
    if (rows.length === 0) return [];
    const help = field.kind === 'section' && field.help !== '' ? `\n\n${field.help}` : '';
    return [`### \`${name}\`${help}\n\n${HEAD}\n${rows.join('\n')}`];
  });
  return `${[CONFIGURATION_GUIDE, '## Settings', ...tables, ...withoutEffect()].join('\n\n')}\n`;
}

const HEAD = '| Key | Variable | Type | Default | Meaning |\n| --- | --- | --- | --- | --- |';

function isOf(name: string, { key }: IndexedField): boolean {
  return key === name || key.startsWith(`${name}.`);
}

function row({ key, field, variable, standing }: IndexedField): string[] {
  if (standing.kind !== 'honoured') return [];
  if (field.kind === 'section') {
    return field.named ? [cells(code(key), code(variable), 'section', '', field.help)] : [];
  }
  return settingRows(field, key, variable);
}

function settingRows(setting: Setting, key: string, variable: string | undefined): string[] {
  const { shape, secret, help } = setting;
  const meaning = secret ? `${help} Never printed.${fromFile(shape, variable)}` : help;
  const own = cells(code(key), code(variable), typeName(shape), code(setting.default), meaning);
  return [own, ...itemRows(shape, key, variable)];
}

function fromFile({ kind }: Shape, variable: string | undefined): string {
  return variable === undefined || kind !== 'scalar' ? '' : ` From a file by \`${variable}_FILE\`.`;
}

/** The keys of each section in a list, whose position is written N. */
function itemRows(shape: Shape, key: string, variable: string | undefined): string[] {
  if (shape.kind !== 'list' || shape.item.kind !== 'section') return [];
  return [...shape.item.fields].flatMap(([name, field]) => {
    if (field.kind !== 'setting') return [];
    const part = variable && `${variable}_N_${variablePart(name, field)}`;
    return settingRows(field, `${key}.N.${name}`, part);
  });
}

function cells(...contents: string[]): string {
  return `| ${contents.join(' | ')} |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function typeName(shape: Shape): string {
  if (shape.kind === 'scalar') return shape.name;
  if (shape.kind === 'list') return `list of ${typeName(shape.item)}`;
  if (shape.kind === 'map') return `section: ${typeName(shape.item)} by name`;
  return shape.kind === 'any' ? 'anything' : 'section';
}

/** Settings by what becomes of them, where they are not simply obeyed. */
const OTHERS = [
  [
    'met',
    'Settings that need no obeying',
    'What they ask for holds anyway, or has no meaning for a mirror.',
  ],
  [
    'ignored',
    'Settings without effect',
    'Understood and checked, but not obeyed in this version. Those that a configuration sets are\n' +
      'named in one warning at the start.',
  ],
  [
    'refused',
    'Settings that are refused',
    'Ignoring them would leave open, or put elsewhere, what was meant to be kept. Kagami does not\n' +
      'start with them in this version.',
  ],
] as const;

function withoutEffect(): string[] {
  const own = CONFIGURATION_INDEX.fields.filter(({ ownStanding }) => ownStanding);
  return OTHERS.map(([kind, title, meaning]) => {
    const lines = own.filter(({ standing }) => standing.kind === kind).map(line);
    return `## ${title}\n\n${meaning}\n\n${lines.join('\n')}`;
  });
}

function line({ key, field, standing }: IndexedField): string {
  return `- ${code(key)}: ${standing.kind === 'met' ? `${standing.why}.` : field.help}`;
}
