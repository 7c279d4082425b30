import { existsSync, readFileSync } from 'node:fs';
import type { Environment } from './environment.ts';
import { reasonOf } from './file-reason.ts';
import { emptyMap, isNull, type RawMap } from './raw-tree.ts';
import type { Report } from './report.ts';
import { PATH_VARIABLE } from './variables.ts';
import { yamlTree } from './yaml-tree.ts';

/** Where the registry's images keep their configuration: those of 3.x, then those of 2.x. */
export const USUAL_FILES: readonly string[] = [
  '/etc/distribution/config.yml',
  '/etc/docker/registry/config.yml',
];

/** The file to read: the one named on the command line, by a variable, or the first usual one. */
export function findFile(
  named: string | undefined,
  env: Environment,
  candidates: readonly string[],
): string | undefined {
  return named ?? (env[PATH_VARIABLE] || candidates.find((file) => existsSync(file)));
}

/** The tree of a file; `undefined` if it cannot be read, which is then in the report. */
export function readFile(file: string, env: Environment, report: Report): RawMap | undefined {
  const text = readText(file, env, report);
  const tree = text === undefined ? undefined : yamlTree(text, { kind: 'file', file }, report);
  if (tree === undefined) return undefined;
  if (tree.kind === 'map') return tree;
  if (!isNull(tree)) report.problem(tree.origin, 'the file must hold a section, `key: value`');
  return isNull(tree) ? emptyMap(tree.origin) : undefined;
}

function readText(file: string, env: Environment, report: Report): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    const why = env[PATH_VARIABLE] === file ? `, as ${PATH_VARIABLE} names it` : '';
    report.problems.push({ message: `${file}: cannot be read${why}: ${reason}` });
    return undefined;
  }
}
