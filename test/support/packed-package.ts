import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleInto } from './bundle.ts';
import { run } from './program.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const MODULES = join(PROJECT, 'node_modules');
const TSC = join(MODULES, '.bin/tsc');

/** What a project that uses the package has besides. */
const TOOLS = ['@types/node', 'uvu', 'vitest'];

let installed: Promise<string> | undefined;

/**
 * A project with the package as npm publishes it, and nothing else but what the package depends on
 * and tools for tests; and with the examples. Made once for this test run, without a network.
 */
export function projectWithPackage(): Promise<string> {
  installed ??= install();
  return installed;
}

/** Checks the types of a project by its tsconfig.json. */
export async function checkTypes(project: string): Promise<void> {
  await run(TSC, ['-p', project]);
}

async function install(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kagami-packed-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  mkdirSync(modules, { recursive: true });
  await run('tar', ['-xzf', await pack(folder), '-C', modules]);
  cpSync(join(modules, 'package'), join(modules, 'kagami-registry'), { recursive: true });
  rmSync(join(modules, 'package'), { recursive: true });
  for (const name of [...dependencies(), ...TOOLS]) link(join(MODULES, name), join(modules, name));
  cpSync(join(PROJECT, 'examples'), join(project, 'examples'), { recursive: true });
  link(join(project, 'examples/plugin'), join(modules, 'kagami-flat-files'));
  return project;
}

/** The tarball of the sources of this moment. */
async function pack(folder: string): Promise<string> {
  const source = join(folder, 'source');
  mkdirSync(source);
  for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    cpSync(join(PROJECT, name), join(source, name));
  }
  const config = join(PROJECT, 'tsconfig.build.json');
  await bundleInto(join(source, 'dist'));
  await run(TSC, ['-p', config, '--noCheck', '--outDir', join(source, 'dist')]);
  const env = { npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  await run('npm', ['pack', source, '--ignore-scripts', '--pack-destination', folder], { env });
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return join(folder, tarball);
}

function dependencies(): string[] {
  const text = readFileSync(join(PROJECT, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { dependencies: Record<string, string> }).dependencies);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
