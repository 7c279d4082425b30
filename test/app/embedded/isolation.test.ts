import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as assert from 'uvu/assert';
import { createMirror, image } from '../../../src/app/index.ts';
import { compiledMirror } from '../../support/compiled-mirror.ts';
import { startHub } from '../../support/hub/hub-double.ts';
import * as built from '../../support/oci-image.ts';
import { run } from '../../support/program.ts';
import { testSuite } from '../../support/suite.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { pull } from './pull.ts';

/**
 * Everything of the process that a library could change: its listeners, its variables, its folder, and
 * what is global. `Reflect` is left out: inversify adds the functions for metadata to it.
 */
const SCRIPT = `
const BUILT_IN = { globalThis, Object, Array, Function, String, Promise, Map, Error, JSON, Symbol };
const DISPATCHERS = [1, 2].map((n) => Symbol.for(\`undici.globalDispatcher.\${n}\`));
// Node's own fetch puts its dispatcher there when it is first used.
await fetch('data:,');
const dispatchers = DISPATCHERS.map((name) => globalThis[name]);
const keys = (object) => Reflect.ownKeys(object).filter((key) => !DISPATCHERS.includes(key));
function* seen() {
  for (const [at, name] of DISPATCHERS.entries()) {
    yield [String(name), globalThis[name] === dispatchers[at]];
  }
  for (const name of process.eventNames()) yield [\`\${name} of process\`, process.listenerCount(name)];
  for (const [name, value] of Object.entries(process.env)) yield [\`variable \${name}\`, value];
  yield ['folder', process.cwd()];
  yield ['title', process.title];
  for (const [name, object] of Object.entries(BUILT_IN)) {
    for (const key of keys(object)) yield [\`\${name}.\${String(key)}\`, 'there'];
    if (!object.prototype) continue;
    for (const key of keys(object.prototype)) yield [\`\${name}#\${String(key)}\`, 'there'];
  }
}
const state = () => Object.fromEntries(seen());
const states = { before: state() };
const { createMirror, image } = await import(process.env.ENTRY);
states.loaded = state();
const app = image('library/app:1.0', { files: { '/hello': 'world' } });
const one = await createMirror({ upstream: [app] });
const other = await createMirror({
  upstream: process.env.UPSTREAM,
  storage: { filesystem: { rootdirectory: process.env.STORAGE } },
});
states.running = state();
await one.close();
await other.close();
states.closed = state();
console.log(JSON.stringify(states));
`;

type State = Readonly<Record<string, unknown>>;

/** What is in one state and not, or otherwise, in another. */
function differences(one: State, other: State): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]);
}

testSuite('embedded mirrors', (it) => {
  it('share nothing', async () => {
    const [red, blue] = ['red', 'blue'].map((name) =>
      image('library/app:1.0', { files: { name } }),
    );
    assert.ok(red && blue);
    const [one, other] = [
      await createMirror({ upstream: [red] }),
      await createMirror({ upstream: [blue] }),
    ];
    const moved: string[] = [];
    other.on('tag-moved', ({ to }) => moved.push(to));
    assert.is(await pull(one.url, 'library/app', '1.0'), red.digest);
    assert.equal([other.stats().misses, moved], [0, []]);
    assert.is(await pull(other.url, 'library/app', '1.0'), blue.digest);
    assert.is((await fetch(`${one.url}/v2/library/app/manifests/${blue.digest}`)).status, 404);
    await one.close();
    assert.is(await pull(other.url, 'library/app', '1.0'), blue.digest);
    assert.equal(moved, [blue.digest]);
    await other.close();
  });

  it('touch neither signals nor globals, and write nothing but their storage', async () => {
    const hub = await startHub();
    hub.push('library/app', built.image(), { tags: ['1.0'] });
    const home = await tempDirectory();
    await mkdir(join(home.path, 'storage'));
    const entry = join(dirname(await compiledMirror()), 'index.js');
    const env = {
      ENTRY: pathToFileURL(entry).href,
      STORAGE: join(home.path, 'storage'),
      UPSTREAM: hub.url,
      HOME: home.path,
      TMPDIR: home.path,
    };
    const said = await run(process.execPath, ['--input-type=module', '--eval', SCRIPT], { env });
    const { before = {}, ...later } = JSON.parse(said) as Record<string, State>;
    assert.ok(Object.keys(before).length > 300, 'there is something to compare');
    for (const [when, state] of Object.entries(later)) {
      assert.equal(differences(before, state), [], when);
    }
    assert.equal(await readdir(home.path), ['storage']);
    await home.remove();
    await hub.close();
  });
});
