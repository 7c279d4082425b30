import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path/posix';
import * as assert from 'uvu/assert';
import { testSuite } from './support/suite.ts';

const SOURCE = join(import.meta.dirname, '..', 'src');

/** Adapters of one group that are alternatives, and know nothing of each other. */
const ALTERNATIVES = /^adapters\/(storage|upstream)\/[^/]+/;
const SPECIFIER =
  /^(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)|^import\s*['"]([^'"]+)|\bimport\(\s*['"]([^'"]+)/gm;

interface Import {
  /** Below src. */
  readonly file: string;
  /** Below src, too, for a file of ours; else the package. */
  readonly what: string;
  readonly isOurs: boolean;
}

async function importsOf(file: string): Promise<Import[]> {
  const code = await readFile(join(SOURCE, file), 'utf8');
  return [...code.matchAll(SPECIFIER)].map(([, ...found]) => {
    const specifier = found.find((text) => text !== undefined) ?? '';
    const isOurs = specifier.startsWith('.');
    return { file, isOurs, what: isOurs ? join(dirname(file), specifier) : specifier };
  });
}

/** `domain`, `app`, `testing`, or an adapter's group: `adapters/storage`. */
function layerOf(path: string): string {
  const [top = '', group = ''] = path.split('/');
  return top === 'adapters' ? `${top}/${group}` : top;
}

function isAllowed({ file, what, isOurs }: Import): boolean {
  const from = layerOf(file);
  if (!isOurs) return from === 'app' || (from !== 'domain' && what !== 'inversify');
  const to = layerOf(what);
  if (from === 'app' || to === 'domain') return true;
  // The contracts hold adapters to what they say of images.
  if (from === 'testing' && to === 'adapters/images') return true;
  const [one, other] = [ALTERNATIVES.exec(file)?.[0], ALTERNATIVES.exec(what)?.[0]];
  return from === to && from !== 'domain' && one === other;
}

testSuite('the hexagon', (it) => {
  it('has a domain that imports nothing else, adapters that import the domain, and an app', async () => {
    const files = (await readdir(SOURCE, { recursive: true })).filter((file) =>
      file.endsWith('.ts'),
    );
    assert.ok(files.length > 50, 'there is source to look at');
    const imports = (await Promise.all(files.map(importsOf))).flat();
    assert.ok(imports.length > files.length, 'and imports in it');
    const wrong = imports.filter((each) => !isAllowed(each));
    assert.equal(
      wrong.map(({ file, what }) => `${file} imports ${what}`),
      [],
    );
  });
});
