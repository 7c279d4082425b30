import { CONFIGURATION } from './configuration.ts';
import type { Field, Section, Shape } from './schema.ts';

/**
 * The source of `configuration-options.ts`: the configuration as a TypeScript type, made from the
 * schema. Only what is obeyed is in it, so that the compiler tells of what would have no effect.
 */
export function describeOptions(): string {
  const sections = [...CONFIGURATION.fields].filter(([, field]) => isObeyed(field));
  const own = sections.flatMap(([name, field]) => {
    return field.kind === 'section' ? [`${doc(field.help, '')}${interfaceOf(name, field)}`] : [];
  });
  const all = sections.map(([name, field]) => member(name, field, topType(name, field), '  '));
  const whole = `/** The configuration. */\nexport interface ConfigurationOptions {\n${all.join('\n')}\n}`;
  return `${[HEAD, whole, ...own].join('\n\n')}\n`;
}

const HEAD =
  '// Made from the schema; test/app/config/describe-options.test.ts says how, and holds it to it.';

function interfaceOf(name: string, section: Section): string {
  return `export interface ${typeName(name)} {\n${members(section, '  ')}\n}`;
}

function typeName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
}

function topType(name: string, field: Field): string {
  if (field.kind === 'setting') return shapeType(field.shape, '  ');
  return [typeName(name), ...namesAlone(field)].join(' | ');
}

/** The names that may stand for the whole section. */
function namesAlone(section: Section): string[] {
  if (!section.nameOnly) return [];
  const named = [...section.fields].filter(([, field]) => isObeyed(field) && isNamed(field));
  return named.map(([name]) => `'${name}'`);
}

function isNamed(field: Field): boolean {
  return field.kind === 'section' && field.named;
}

function members(section: Section, indent: string): string {
  const obeyed = [...section.fields].filter(([, field]) => isObeyed(field));
  const known = obeyed.map(([name, field]) =>
    member(name, field, fieldType(field, indent), indent),
  );
  return [...known, ...familyOf(section, indent)].join('\n');
}

function familyOf({ family }: Section, indent: string): string[] {
  if (family === undefined) return [];
  const { prefix, setting } = family;
  const key = `[key: \`${prefix}\${string}\`]`;
  return [`${doc(setting.help, indent)}${indent}readonly ${key}: ${fieldType(setting, indent)};`];
}

function member(name: string, field: Field, type: string, indent: string): string {
  return `${doc(helpOf(field), indent)}${indent}readonly ${name}?: ${type};`;
}

function helpOf(field: Field): string {
  if (field.kind === 'section' || field.default === undefined) return field.help;
  return `${field.help} Default: \`${field.default}\`.`;
}

function fieldType(field: Field, indent: string): string {
  return shapeType(field.kind === 'setting' ? field.shape : field, indent);
}

const SCALARS: Readonly<Record<string, string>> = {
  text: 'string',
  duration: 'string',
  boolean: 'boolean',
  'whole number': 'number',
  'whole number or `auto`': "number | 'auto'",
  size: 'string | number',
  bytes: 'string | number',
};

function shapeType(shape: Shape, indent: string): string {
  switch (shape.kind) {
    case 'scalar':
      return SCALARS[shape.name] ?? wordsOf(shape.name);
    case 'list':
      return `readonly ${inList(shapeType(shape.item, indent))}[]`;
    case 'map':
      return `Readonly<Record<string, ${shapeType(shape.item, indent)}>>`;
    case 'section':
      return sectionType(shape, indent);
    case 'any':
    default:
      return 'unknown';
  }
}

function sectionType(section: Section, indent: string): string {
  const inner = members(section, `${indent}  `);
  return inner === '' ? 'Readonly<Record<string, never>>' : `{\n${inner}\n${indent}}`;
}

/** One of some words is named by their list. */
function wordsOf(name: string): string {
  return [...name.matchAll(/`([^`]+)`/g)].map(([, word]) => `'${word}'`).join(' | ');
}

function inList(type: string): string {
  return type.includes(' | ') && !type.startsWith('{') ? `(${type})` : type;
}

function isObeyed(field: Field): boolean {
  if (field.standing.kind !== 'honoured') return false;
  if (field.kind === 'setting') return true;
  return field.named || [...field.fields.values()].some(isObeyed);
}

const WIDTH = 100;

function doc(help: string, indent: string): string {
  const text = help.replaceAll('*/', '*\\/');
  if (text === '') return '';
  const oneLine = `${indent}/** ${text} */`;
  if (oneLine.length <= WIDTH) return `${oneLine}\n`;
  const lines = wrapped(text, WIDTH - indent.length - 3);
  return `${[`${indent}/**`, ...lines.map((each) => `${indent} * ${each}`), `${indent} */`].join('\n')}\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
