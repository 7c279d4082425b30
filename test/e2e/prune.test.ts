import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type PruneOptions, prune } from '../../src/app/prune.ts';
import { type CommandScene, commandScene, type Said } from '../support/command-scene.ts';
import { compiledMirror } from '../support/compiled-mirror.ts';
import { type MirrorProcess, runMirror, startMirror } from '../support/mirror-process.ts';
import { image, layer, randomLayer } from '../support/oci-image.ts';
import { pullByTag } from '../support/pulls.ts';
import { RegistryStore } from '../support/registry-store.ts';
import { testSuite } from '../support/suite.ts';

const DAY_MS = 24 * 3_600_000;
const BASE = layer({ base: 'of all' });
const NAMES = ['some/old', 'some/middle', 'some/new'] as const;
/** Each has 40 KiB of its own, and a layer that all have. */
const IMAGES = NAMES.map((_, at) => image({ layers: [BASE, randomLayer(40_000, at)] }));
/** A config and a layer of its own; the other layer is another's, too. */
const OWN_BLOBS = 2;

function linesOf({ lines }: Said, name: string): string {
  return lines.filter((line) => line.startsWith(`${name}:`)).join('\n');
}

testSuite('kagami prune', (it) => {
  let scene: CommandScene;
  it.beforeEach(async () => {
    scene = await commandScene();
    for (const [at, name] of NAMES.entries()) {
      scene.hub.push(name, IMAGES[at] ?? image(), { tags: ['v1'] });
    }
    await scene.pull(...NAMES.map((name) => [name, 'v1'] as const));
    await scene.pulledBefore('some/old', 40 * DAY_MS);
    await scene.pulledBefore('some/middle', 5 * DAY_MS);
    scene.hub.arrivals.clear();
  });
  it.afterEach(() => scene.close());

  function run(
    options: Partial<PruneOptions> = {},
    patterns: readonly string[] = [],
    proxy = '',
  ): Promise<Said> {
    return scene.run((surroundings, config) => {
      return prune(surroundings, patterns, { config, dryRun: false, ...options });
    }, proxy);
  }

  /** Which are not here any more, as a pull shows: all of theirs is fetched again. */
  async function gone(): Promise<string[]> {
    const fetched: string[] = [];
    for (const name of NAMES) {
      scene.hub.arrivals.clear();
      await scene.pull([name, 'v1']);
      const { arrivals } = scene.hub;
      const [manifests, blobs] = [arrivals.count('manifest-get'), arrivals.count('cdn-get')];
      if (manifests + blobs === 0) continue;
      assert.is(manifests, 1);
      assert.ok(blobs >= OWN_BLOBS);
      fetched.push(name);
    }
    return fetched;
  }

  it('removes what was not pulled for so long, and says what goes and what stays, and why', async () => {
    const said = await run({ olderThan: 30 * DAY_MS });
    assert.is(said.code, 0, said.lines.join('\n'));
    assert.match(said.lines[0] ?? '', /^IMAGE +DIGEST +SIZE +FREES +LAST PULL +WHY$/);
    assert.match(
      said.lines[1] ?? '',
      /^some\/old:v1 +sha256:\w{12} +\S+ KiB +\S+ KiB +40d +goes +last pull too long ago$/,
    );
    assert.match(said.lines[2] ?? '', /^some\/middle:v1 .* - +5d +stays +recent enough$/);
    assert.match(said.lines[3] ?? '', /^some\/new:v1 .* - +\d+s +stays +recent enough$/);
    assert.match(said.lines[4] ?? '', /^removed 1 image, \S+ KiB; left: 2 images, \d+.* KiB$/);
    assert.is(said.lines.length, 5);
    await new RegistryStore(scene.storage).check();
    assert.equal(await gone(), ['some/old']);
  });

  it('removes the least recently pulled ones until so much is left', async () => {
    const said = await run({ to: { kind: 'bytes', bytes: 50_000 } });
    assert.is(said.code, 0);
    assert.match(linesOf(said, 'some/middle'), /goes +more than may stay$/);
    assert.match(said.lines.at(-1) ?? '', /^removed 2 images, /);
    assert.equal(await gone(), ['some/old', 'some/middle']);
  });

  it('removes what patterns name, and says nothing of the rest', async () => {
    const said = await run({}, ['some/new', 'some/o*:v2', 'some/m*:v*']);
    assert.is(said.code, 0);
    assert.match(linesOf(said, 'some/new'), /goes +named$/);
    assert.is(linesOf(said, 'some/old'), '');
    assert.match(said.lines.at(-1) ?? '', /^removed 2 images, .* left: 1 image, /);
    assert.equal(await gone(), ['some/middle', 'some/new']);
  });

  it('removes of what patterns name only what is old enough', async () => {
    const said = await run({ olderThan: DAY_MS }, ['some/new', 'some/middle']);
    assert.match(linesOf(said, 'some/new'), /stays +recent enough$/);
    assert.equal(await gone(), ['some/middle']);
  });

  it('does what the mirror would do by itself when nothing is said', async () => {
    assert.match((await run()).lines.at(-1) ?? '', /^removed 1 image, /);
    const said = await run({}, [], 'ttl: 96h, cache: {maxsize: 1GiB}');
    assert.match(linesOf(said, 'some/middle'), /goes +last pull too long ago$/);
    assert.equal(await gone(), ['some/old', 'some/middle']);
    const budget = await run({}, [], 'ttl: 0, cache: {maxsize: 50KB, lowwater: 100%}');
    assert.match(budget.lines.at(-1) ?? '', /^removed 2 images, /);
  });

  it('keeps what proxy.cache.keep names, and says when more is left than may be', async () => {
    const keep = "cache: {keep: ['some/*:v1']}";
    const said = await run({ olderThan: 0 }, [], keep);
    assert.match(linesOf(said, 'some/old'), /stays +kept by proxy\.cache\.keep$/);
    assert.is(said.code, 0);
    const full = await run({ to: { kind: 'bytes', bytes: 50_000 } }, ['some/old'], keep);
    assert.match(full.lines.at(-1) ?? '', /^that is more than 48\.8 KiB, and all of it /);
    assert.is(full.code, 1);
    assert.equal(await gone(), []);
  });

  it('only says what would go when told so', async () => {
    const before = await scene.files();
    const said = await run({ olderThan: 30 * DAY_MS, dryRun: true });
    assert.is(said.code, 0);
    assert.match(linesOf(said, 'some/old'), / \S+ KiB +40d +goes +last pull too long ago$/);
    assert.match(said.lines.at(-1) ?? '', /^would remove 1 image, \S+ KiB; left: 2 images, /);
    assert.equal(await scene.files(), before);
    assert.equal(await gone(), []);
  });

  it('leaves nothing behind when all goes', async () => {
    const said = await run({}, ['**']);
    assert.match(said.lines.at(-1) ?? '', /^removed 3 images, .*; left: 0 images, 0 B$/);
    for (const name of NAMES) assert.not(existsSync(scene.pullsOf(name)), name);
    assert.not(existsSync(join(scene.storage, 'docker/registry/v2/repositories')));
    assert.equal(await gone(), [...NAMES]);
  });

  it('writes down that what it removes was never pulled', async () => {
    const digests = async (): Promise<string[]> =>
      Object.keys(JSON.parse(await readFile(scene.pullsOf('some/two'), 'utf8')) as object);
    const [one, two] = [image({ layers: [BASE] }), image({ layers: [randomLayer(100, 9)] })];
    scene.hub.push('some/two', one, { tags: ['one'] });
    scene.hub.push('some/two', two, { tags: ['two'] });
    await scene.pull(['some/two', 'one'], ['some/two', 'two']);
    assert.is((await digests()).length, 2);
    await run({}, ['some/two:one']);
    assert.equal(await digests(), [two.manifest.digest]);
  });

  it('goes by the first fetch that a registry has written down where no pull is known', async () => {
    await rm(scene.pullsOf('some/old'));
    const before = await run({ olderThan: 30 * DAY_MS, dryRun: true });
    assert.match(linesOf(before, 'some/old'), /stays +recent enough$/);
    const entry = {
      Key: `some/old@${IMAGES[0]?.manifest.digest}`,
      // Seven days after the first fetch.
      ExpiryData: new Date(Date.now() - 33 * DAY_MS).toISOString(),
      EntryType: 1,
    };
    const state = JSON.stringify({ [entry.Key]: entry });
    await writeFile(join(scene.storage, 'scheduler-state.json'), state);
    const said = await run({ olderThan: 30 * DAY_MS });
    assert.match(linesOf(said, 'some/old'), / 40d +goes +last pull too long ago$/);
    assert.equal(await gone(), ['some/old']);
  });

  it('says what is wrong with an option in one message', async () => {
    const main = await compiledMirror();
    for (const [args, message] of [
      [['--older-than', '30'], /older-than.* '30' is invalid\. It must be an age such as `30d`/],
      [['--older-than', '-3d'], /It must be an age/],
      [['--to', '50G'], /--to.* is invalid\. `50G` can mean two sizes: write `GiB`/],
      [['--to', 'half'], /is no size/],
      [['--dryrun'], /unknown option '--dryrun'/],
      [['UPPER'], /must be a pattern such as/],
      [['--config', '/no/such.yml'], /no\/such\.yml/],
    ] as const) {
      const program = runMirror(['prune', ...args], { main });
      assert.is((await program.ended).code, 2, program.stderr);
      assert.match(program.stderr, message);
      assert.is(program.stdout, '');
    }
  });
});

testSuite('kagami prune beside a running mirror', (it) => {
  let scene: CommandScene;
  let mirror: MirrorProcess;
  it.beforeEach(async () => {
    scene = await commandScene();
    for (const [at, name] of NAMES.entries()) {
      scene.hub.push(name, IMAGES[at] ?? image(), { tags: ['v1'] });
    }
    mirror = await startMirror({ directory: scene.directory.path, upstream: scene.hub.url });
    for (const name of NAMES) await pullByTag(mirror.url, name, 'v1');
  });
  it.afterEach(async () => {
    await mirror.stop();
    await scene.close();
  });

  it('removes what it names, which is fetched again, and the rest stays a hit', async () => {
    const main = await compiledMirror();
    const env = {
      REGISTRY_CONFIGURATION_PATH: join(scene.directory.path, 'config.yml'),
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: scene.storage,
      REGISTRY_PROXY_REMOTEURL: scene.hub.url,
    };
    const program = runMirror(['prune', 'some/old', 'some/middle'], { main, env });
    assert.is((await program.ended).code, 0, program.stderr);
    assert.match(program.stdout, /\nremoved 2 images, .*; left: 1 image, /);
    assert.is(program.stderr, '');

    const blobs = async (name: string): Promise<number> => {
      scene.hub.arrivals.clear();
      await pullByTag(mirror.url, name, 'v1');
      return scene.hub.arrivals.count('cdn-get');
    };
    // What all have is still here; the running mirror may have the manifest in memory.
    assert.is(await blobs('some/old'), OWN_BLOBS);
    assert.is(await blobs('some/new'), 0);
    assert.is(scene.hub.arrivals.count('manifest-get'), 0);
    await new RegistryStore(scene.storage).check();
  });
});
