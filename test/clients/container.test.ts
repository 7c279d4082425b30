import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { requirePrograms } from '../support/clients/installed.ts';
import { startSkopeo } from '../support/clients/skopeo.ts';
import {
  type ContainerScene,
  containerScene,
  IMAGE,
} from '../support/container/container-scene.ts';
import { freePort } from '../support/free-port.ts';
import { startHub } from '../support/hub/hub-double.ts';
import { sampleImage } from '../support/sample-image.ts';
import { rejects, testSuite } from '../support/suite.ts';

const UID = 65_532;
const CONFIG_2 = '/etc/docker/registry/config.yml';
const CONFIG_3 = '/etc/distribution/config.yml';

/** How the registry's images are given their configuration, and what they are told to do. */
const INVOCATIONS: readonly (readonly [mounted: string, command: readonly string[]])[] = [
  [CONFIG_2, []],
  [CONFIG_3, []],
  [CONFIG_2, [CONFIG_2]],
  [CONFIG_3, ['serve', CONFIG_3]],
  [CONFIG_2, ['/bin/registry', 'serve', CONFIG_2]],
];

interface ImageConfig {
  User: string;
  ExposedPorts: Record<string, unknown>;
  Volumes: Record<string, unknown>;
  StopSignal: string;
  Healthcheck: { Test: string[] };
}

testSuite('A container of Kagami', (it) => {
  let shared: ContainerScene | undefined;
  it.after(() => shared?.close());

  /** The scene that the first test has set. */
  function scene(): ContainerScene {
    if (shared === undefined) throw new Error('there is no image');
    return shared;
  }

  /** Runs it to its end. */
  function runOnce(options: readonly string[], ...command: readonly string[]): Promise<string> {
    const bare = ['--rm', '--read-only', '--network', 'none'];
    return scene().docker('run', ...bare, ...options, IMAGE, ...command);
  }

  /** Waits for it to be what Docker calls healthy. */
  async function isHealthy(name: string): Promise<void> {
    const { dockerd } = scene();
    const filter = ['--filter', `container=${name}`, '--filter', 'event=health_status'];
    const events = dockerd.follow('events', '--since', '10m', ...filter);
    await events.until('it was healthy', ({ stdout }) => /: healthy/.exec(stdout)?.[0]);
    await events.stop();
  }

  /** Waits for it to have said for the nth time that it is ready; where it listens. */
  async function isReady(name: string, times = 1): Promise<string> {
    const log = scene().dockerd.follow('logs', '--follow', name);
    const line = await log.until('it was ready', ({ stdout }) => {
      return [...stdout.matchAll(/^.*kagami is ready.*\n/gm)][times - 1]?.[0];
    });
    await log.stop();
    return line;
  }

  it('has a base, made of this machine', async () => {
    requirePrograms(['dockerd', 'skopeo', 'busybox']);
    shared = await containerScene();
    await shared.importBase();
  });

  it('is built by its Dockerfile, and says what it needs', async () => {
    await scene().build();
    const inspected = await scene().docker('inspect', '--format', '{{json .Config}}', IMAGE);
    const config = JSON.parse(inspected) as ImageConfig;
    assert.is(config.User, `${UID}:${UID}`);
    assert.equal(Object.keys(config.ExposedPorts).sort(), ['5000/tcp', '5001/tcp']);
    assert.equal(Object.keys(config.Volumes), ['/var/lib/registry']);
    assert.is(config.StopSignal, 'SIGTERM');
    assert.equal(config.Healthcheck.Test, ['CMD', 'kagami', 'healthcheck']);
  });

  it('has what the mirror runs with, and nothing else', async () => {
    const list =
      'console.log(JSON.stringify([".", "node_modules"].map((at) => fs.readdirSync(at))))';
    const listed = JSON.parse(await runOnce([], 'node', '-e', list)) as [string[], string[]];
    const [files, modules] = listed;
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: object;
      devDependencies: object;
    };
    const own = ['LICENSE', 'dist', 'node_modules', 'package-lock.json', 'package.json'];
    assert.equal(files.sort(), own);
    const isThere = (name: string): boolean => modules.includes(name.split('/')[0] ?? '');
    assert.equal(
      Object.keys(manifest.dependencies).filter((name) => !isThere(name)),
      [],
    );
    const tools = Object.keys(manifest.devDependencies).filter((name) => !name.startsWith('@'));
    assert.equal(tools.filter(isThere), []);
  });

  it('takes every command of Kagami', async () => {
    const help = await runOnce([], '--help');
    const commands = [...help.matchAll(/^ {2}(\w+) (?:\[|<)/gm)].map(([, name]) => name);
    assert.ok(commands.includes('serve') && commands.includes('healthcheck'), help);
    const entry = await readFile('deploy/container/entrypoint.sh', 'utf8');
    const taken = /^ {2}(serve.*)\) set/m.exec(entry)?.[1]?.split(' | ') ?? [];
    assert.equal(
      commands.filter((name) => !taken.includes(name ?? '')),
      [],
    );
  });

  for (const [mounted, command] of INVOCATIONS) {
    it(`serves ${mounted} when it is run with [${command.join(', ')}]`, async () => {
      const folder = await scene().directory(
        `config-${INVOCATIONS.findIndex(([, c]) => c === command)}`,
      );
      const file = join(folder, 'config.yml');
      // It would not end otherwise.
      await writeFile(file, 'version: 0.1\nhttp:\n  adr: :5000\n');
      const running = runOnce(['-v', `${file}:${mounted}:ro`], ...command);
      const { message } = await rejects(running, Error);
      assert.match(message, /ended \(code 2\)/);
      assert.match(message, /http\.adr .*config\.yml:3|config\.yml:3.*http\.adr/);
    });
  }

  it('listens on every interface, and is healthy, with nothing said', async () => {
    const options = ['--read-only', '--network', 'none', '--health-interval', '1s'];
    await scene().docker('run', '--detach', '--name', 'plain', ...options, IMAGE);
    assert.match(await isReady('plain'), /listen\S*(\[::\]|0\.0\.0\.0):5000/);
    await isHealthy('plain');
    await scene().docker('rm', '--force', '--volumes', 'plain');
  });

  it("says what to do with a volume that is root's, as registry:2 leaves it", async () => {
    const volume = await scene().directory('volume');
    await mkdir(join(volume, 'docker/registry/v2/blobs'), { recursive: true });
    const mount = ['-v', `${volume}:/var/lib/registry`];
    const { message } = await rejects(runOnce(mount), Error);
    assert.match(message, /ended \(code 3\)/);
    assert.match(message, '/var/lib/registry cannot be written (EACCES)');
    assert.match(message, `(chown -R ${UID}:${UID} /var/lib/registry), run Kagami as user 0`);

    await chown(volume, UID, UID);
    const { message: below } = await rejects(runOnce(mount), Error);
    assert.match(below, 'cannot be written (EACCES)', 'not all of it was given away');

    const asRoot = [...mount, '--user', '0'];
    await runOnce(asRoot, 'verify');
    await runOnce(asRoot, 'chown', '-R', `${UID}:${UID}`, '/var/lib/registry');
    await runOnce(mount, 'verify');
  });

  it('keeps what is pulled through it, and stops when it is told to', async () => {
    const hub = await startHub();
    hub.push('library/app', sampleImage('app'), { tags: ['1'] });
    const address = `127.0.0.1:${await freePort()}`;
    const settings = { PROXY_REMOTEURL: hub.url, HTTP_ADDR: address };
    const env = Object.entries(settings).flatMap(([key, value]) => [
      '-e',
      `REGISTRY_${key}=${value}`,
    ]);
    const options = [
      '--read-only',
      '--cap-drop',
      'ALL',
      '--network',
      'host',
      '-v',
      'kept:/var/lib/registry',
    ];
    await scene().docker('run', '--detach', '--name', 'mirror', ...options, ...env, IMAGE);
    await isReady('mirror');
    await scene().docker('exec', 'mirror', 'kagami', 'healthcheck');

    const directory = await scene().directory('skopeo');
    const client = await startSkopeo({
      mirror: `http://${address}`,
      directory,
      env: { HOME: directory },
    });
    await client.pull('library/app:1');
    assert.is(await client.read('library/app:1'), 'app\n');
    await client.remove('library/app:1');

    await scene().docker('restart', 'mirror');
    await isReady('mirror', 2);
    await hub.close();
    await client.pull('library/app:1');
    assert.is(await client.read('library/app:1'), 'app\n');
    await client.stop();

    await scene().docker('stop', 'mirror');
    const exit = await scene().docker('inspect', '--format', '{{.State.ExitCode}}', 'mirror');
    assert.is(exit.trim(), '0');
  });
});
