import { readFileSync } from 'node:fs';
import { CONFIGURATION } from './configuration.ts';
import type { Environment } from './environment.ts';
import { reasonOf } from './file-reason.ts';
import type { Origin } from './origin.ts';
import type { RawNode } from './raw-tree.ts';
import type { Report } from './report.ts';
import type { Field, Section, Shape } from './schema.ts';
import { variablePart } from './schema-index.ts';
import { yamlTree } from './yaml-tree.ts';

/** What the name of a variable ends with that names the file of a secret. */
const SUFFIX = '_FILE';

/** A variable that names the file of a secret, in the way of Docker's and Kubernetes' secrets. */
export interface SecretFile {
  /** The variable that would hold the secret itself. */
  readonly instead: string;
  /** The parts of its name that lead to the setting. */
  readonly parts: readonly string[];
  readonly shape: Shape;
}

/** Where `parts` of a variable's name lead to a secret and `FILE`, that secret. */
export function secretFile(name: string, parts: readonly string[]): SecretFile | undefined {
  if (parts.at(-1) !== 'FILE') return undefined;
  const path = parts.slice(0, -1);
  const shape = secretShape(CONFIGURATION, path);
  return shape && { instead: name.slice(0, -SUFFIX.length), parts: path, shape };
}

/** Stands for a secret that cannot be read: that it is missing would be a second complaint. */
const UNREAD = 'unread';

/**
 * The secret that is in the file, without the line break that editors put at its end; `undefined` if
 * no file is named. What is wrong is in the report.
 */
export function readSecret(
  { instead, shape }: SecretFile,
  origin: Origin & { kind: 'variable' },
  env: Environment,
  report: Report,
): RawNode | undefined {
  const file = env[origin.name] ?? '';
  if (file === '') return undefined;
  if ((env[instead] ?? '') !== '') report.problem(origin, `${instead} is set too; keep one`);
  const text = readText(file, origin, report)?.replace(/\r?\n$/, '');
  if (text === '') report.problem(origin, `the file ${file} is empty`);
  if (shape.kind !== 'scalar') return yamlTree(text ?? '', origin, report);
  return { kind: 'scalar', text: text || UNREAD, value: text || UNREAD, origin };
}

function readText(file: string, origin: Origin, report: Report): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    report.problem(origin, `the file ${file} cannot be read: ${reasonOf(error)}`);
    return undefined;
  }
}

/** The shape of the secret setting that a variable's name leads to. */
function secretShape(section: Section, parts: readonly string[]): Shape | undefined {
  const [part = '', ...rest] = parts;
  for (const [key, field] of section.fields) {
    if (variablePart(key, field) === part) return ofField(field, rest);
  }
  return undefined;
}

function ofField(field: Field, rest: readonly string[]): Shape | undefined {
  if (field.kind === 'section') return secretShape(field, rest);
  const { shape, secret } = field;
  if (rest.length === 0) return secret ? shape : undefined;
  const isItem =
    shape.kind === 'list' && shape.item.kind === 'section' && /^\d+$/.test(rest[0] ?? '');
  return isItem ? secretShape(shape.item, rest.slice(1)) : undefined;
}
