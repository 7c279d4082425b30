import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleInto } from './bundle.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

let compiled: Promise<string> | undefined;

/**
 * The mirror's entry file, compiled once for this test run: what lies in `dist` may be older than
 * the sources, and compiling for each process would take most of the tests' time.
 */
export function compiledMirror(): Promise<string> {
  compiled ??= compile();
  return compiled;
}

/** The mirror's entry file as `npm run build` left it. */
export function builtMirror(): string {
  return entryIn(PROJECT);
}

async function compile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kagami-compiled-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  await bundleInto(join(folder, 'dist'));
  return entryIn(folder);
}

/** What `kagami` is to those who installed the package. */
function entryIn(project: string): string {
  const text = readFileSync(join(project, 'package.json'), 'utf8');
  const { bin } = JSON.parse(text) as { bin: { kagami: string } };
  return join(project, bin.kagami);
}
