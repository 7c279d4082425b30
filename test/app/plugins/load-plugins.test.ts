import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../src/app/config/load-config.ts';
import { ConfigProblems } from '../../../src/app/config/problem.ts';
import { createMirror, image } from '../../../src/app/index.ts';
import { loadPlugins } from '../../../src/app/plugins/load-plugins.ts';
import { rejects, testSuite } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { pull } from '../embedded/pull.ts';

const SOURCE = new URL('../../../src/', import.meta.url).href;

/** A storage that does nothing, and says what it was made with. */
const STORAGE = `({ blobs: {}, records: {}, start() {}, close() {}, location: JSON.stringify([options, context.version]) })`;

/** A schema that takes a bucket and makes it upper case; without a library. */
const SCHEMA = `{ '~standard': { version: 1, vendor: 'test', async validate(value) {
  const issues = [];
  if (typeof value.bucket !== 'string') issues.push({ message: 'a bucket is needed', path: ['bucket'] });
  if (value.key !== undefined) issues.push({ message: 'no key is wanted', path: [{ key: 'key' }, 'id'] });
  if (value.all !== undefined) issues.push({ message: 'that is too much' });
  return issues.length > 0 ? { issues } : { value: { bucket: value.bucket.toUpperCase() } };
} } }`;

const CREATE = `create: (options, context) => ${STORAGE}`;

const MODULES: Readonly<Record<string, string>> = {
  good: `export const storage = { options: ${SCHEMA}, ${CREATE} };`,
  plain: `export const storage = { ${CREATE} };`,
  empty: 'export const nothing = 1;',
  uncallable: 'export const storage = { options: {} };',
  broken: 'export const = ;',
  throwing: `throw new Error('it does not like this machine');`,
  unlinked: `import 'a-package-that-is-not-there';`,
  failing: `export const storage = { create() { throw new Error('there is no bucket'); } };`,
  half: 'export const storage = { create: () => ({ blobs: {} }) };',
};

testSuite('a storage of a module', (it) => {
  let directory: TempDirectory;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    for (const [name, code] of Object.entries(MODULES)) {
      await writeFile(join(directory.path, `${name}.mjs`), code);
    }
  });
  it.afterEach(() => directory.remove());

  async function load(yaml: string, env: Record<string, string> = {}): Promise<unknown> {
    const path = join(directory.path, 'config.yml');
    await writeFile(path, `version: 0.1\n${yaml}`);
    const loaded = loadConfig({ path, env });
    const { storage } = await loadPlugins(loaded, { version: '1.2.3', warn: () => {} });
    return storage && (JSON.parse(storage.location) as unknown);
  }

  async function problems(yaml: string): Promise<string[]> {
    const error = await rejects(load(yaml), ConfigProblems);
    return error.problems.map(({ message }) => message.replaceAll(`${directory.path}/`, ''));
  }

  it('is made with its options, as its schema makes them, and the version', async () => {
    const yaml = 'storage:\n  module:./good.mjs:\n    bucket: images';
    assert.equal(await load(yaml), [{ bucket: 'IMAGES' }, '1.2.3']);
  });

  it('is named by a variable', async () => {
    const env = { REGISTRY_STORAGE: '{"module:./good.mjs": {bucket: images}}' };
    assert.equal(await load('', env), [{ bucket: 'IMAGES' }, '1.2.3']);
  });

  it('may have no options', async () => {
    assert.equal(await load('storage: {"module:./plain.mjs": {}}'), [{}, '1.2.3']);
    assert.equal(await load('storage: "module:./plain.mjs"'), [{}, '1.2.3']);
    assert.equal(await load('storage:\n  module:./plain.mjs:'), [{}, '1.2.3']);
  });

  it('is found by its path, and by its name in node_modules beside the configuration', async () => {
    const absolute = join(directory.path, 'plain.mjs');
    assert.equal(await load(`storage: "module:${absolute}"`), [{}, '1.2.3']);
    const folder = join(directory.path, 'node_modules/@acme/kagami-plain');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"exports": "./plain.mjs"}');
    await writeFile(join(folder, 'plain.mjs'), MODULES['plain'] ?? '');
    assert.equal(await load('storage: "module:@acme/kagami-plain"'), [{}, '1.2.3']);
  });

  const HINT = 'install it beside Kagami, or name a file: `module:./FILE.js`';
  const ROWS: readonly (readonly [yaml: string, ...problems: string[]])[] = [
    [
      'storage: {"module:@acme/kagami-gone": {}}',
      `config.yml:2:11: storage.module:@acme/kagami-gone names a module that is not there, @acme/kagami-gone; ${HINT}`,
    ],
    [
      'storage: {"module:./gone.mjs": {}}',
      `config.yml:2:11: storage.module:./gone.mjs names a module that is not there, ./gone.mjs; ${HINT}`,
    ],
    [
      'storage: {"module:./empty.mjs": {}}',
      'config.yml:2:11: storage.module:./empty.mjs names a module that cannot be used: ./empty.mjs exports no `storage` with a function `create`',
    ],
    [
      'storage: {"module:./uncallable.mjs": {}}',
      'config.yml:2:11: storage.module:./uncallable.mjs names a module that cannot be used: ./uncallable.mjs exports no `storage` with a function `create`',
    ],
    [
      'storage: {"module:./throwing.mjs": {}}',
      'config.yml:2:11: storage.module:./throwing.mjs names a module that cannot be loaded: it does not like this machine',
    ],
    [
      'storage: {"module:./failing.mjs": {}}',
      'config.yml:2:11: storage.module:./failing.mjs names a module that failed: there is no bucket',
    ],
    [
      'storage: {"module:./half.mjs": {}}',
      'config.yml:2:11: storage.module:./half.mjs names a module that cannot be used: ./half.mjs: its `create` gives no storage (blobs, records, start, close)',
    ],
    [
      'storage: {"module:./good.mjs": {key: {id: 5}}}',
      'config.yml:2:11: storage.module:./good.mjs.bucket is not as the module wants it: a bucket is needed',
      'config.yml:2:11: storage.module:./good.mjs.key.id is not as the module wants it: no key is wanted',
    ],
    [
      'storage: {"module:./good.mjs": {bucket: a, all: true}}',
      'config.yml:2:11: storage.module:./good.mjs is not as the module wants it: that is too much',
    ],
    [
      'storage: {"module:./plain.mjs": {bucket: a}}',
      'config.yml:2:11: storage.module:./plain.mjs must be empty, for the module takes no options',
    ],
    [
      'storage: {"module:./good.mjs": [a]}',
      'config.yml:2:32: storage.module:./good.mjs must be a section, not a list',
    ],
    ['storage: {"module:": {}}', 'config.yml:2:11: storage.module: must name a module'],
    [
      'storage: {inmemory: {}, "module:./plain.mjs": {}}',
      'config.yml:2:25: storage.module:./plain.mjs is a second driver beside storage.inmemory (config.yml:2:11); keep one',
    ],
  ];
  for (const [yaml, ...expected] of ROWS) {
    it(`is refused: ${expected.join('; ')}`, async () => {
      assert.equal(await problems(yaml), expected);
    });
  }

  it('that is no JavaScript, or imports what is not there, is said to be what it is', async () => {
    const [broken = ''] = await problems('storage: "module:./broken.mjs"');
    assert.match(
      broken,
      'config.yml:2:10: storage.module:./broken.mjs names a module that cannot be loaded: ',
    );
    const [unlinked = ''] = await problems('storage: "module:./unlinked.mjs"');
    assert.match(unlinked, 'cannot be loaded: Cannot find package');
    assert.match(unlinked, 'a-package-that-is-not-there');
  });
});

testSuite('an upstream of a module', (it) => {
  let directory: TempDirectory;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    const code = `
      import { image } from '${SOURCE}adapters/images/named-image.ts';
      import { ImagesUpstream } from '${SOURCE}adapters/upstream/images/images-upstream.ts';
      export const upstream = {
        options: ${SCHEMA},
        create: ({ bucket }) => new ImagesUpstream([image('library/app:1.0', { files: { bucket } })]),
      };`;
    await writeFile(join(directory.path, 'upstream.mjs'), code);
  });
  it.afterEach(() => directory.remove());

  it('is mirrored', async () => {
    const remoteurl = `module:${join(directory.path, 'upstream.mjs')}`;
    const mirror = await createMirror({ proxy: { remoteurl, options: { bucket: 'images' } } });
    const { digest } = image('library/app:1.0', { files: { bucket: 'IMAGES' } });
    assert.is(await pull(mirror.url, 'library/app', '1.0'), digest);
    await mirror.close();
  });

  it('is refused if its options are wrong', async () => {
    const upstream = `module:${join(directory.path, 'upstream.mjs')}`;
    const { message } = await rejects(createMirror({ upstream }), ConfigProblems);
    const wrong = 'is not as the module wants it: a bucket is needed';
    assert.is(message, `options: proxy.options.bucket ${wrong}`);
  });

  it('is refused if it is a storage', async () => {
    const module = join(directory.path, 'storage.mjs');
    await writeFile(module, MODULES['plain'] ?? '');
    const { message } = await rejects(
      createMirror({ upstream: `module:${module}` }),
      ConfigProblems,
    );
    assert.match(message, 'exports no `upstream` with a function `create`');
  });

  it('has no options if it is none, and a name if it is one', async () => {
    const upstream = 'https://registry.example';
    const wrong = await rejects(createMirror({ upstream, proxy: { options: {} } }), ConfigProblems);
    assert.is(wrong.message, 'options: proxy.options are for a module; proxy.remoteurl names none');
    const { message } = await rejects(createMirror({ upstream: 'module:' }), ConfigProblems);
    assert.is(message, 'options: upstream must name a module, such as `module:@acme/upstream`');
  });
});
