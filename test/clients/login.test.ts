import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSync } from 'bcrypt';
import * as assert from 'uvu/assert';
import { Authority } from '../support/certificates.ts';
import type { Client, ClientOptions } from '../support/clients/client.ts';
import {
  type ClientsAndMirror,
  clientsAndMirror,
  runnableImage,
} from '../support/clients/clients-and-mirror.ts';
import { startDockerd } from '../support/clients/docker.ts';
import { type Podman, podmanWith } from '../support/clients/podman.ts';
import { writeRegistriesConf } from '../support/clients/registries-conf.ts';
import { rejects, testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

const USER = ['--username', 'ann', '--password', 'secret'];
const STRANGER = ['--username', 'ann', '--password', 'wrong'];
const IMAGE = 'library/guarded:latest';

/** A mirror with HTTPS and a password, and the variable that makes clients trust it. */
class GuardedMirror {
  readonly all: ClientsAndMirror;
  readonly trust: { SSL_CERT_FILE: string };
  readonly #directory: TempDirectory;

  private constructor(all: ClientsAndMirror, authority: string, directory: TempDirectory) {
    this.all = all;
    this.trust = { SSL_CERT_FILE: authority };
    this.#directory = directory;
  }

  static async start(): Promise<GuardedMirror> {
    const directory = await tempDirectory();
    const write = async (name: string, text: string): Promise<string> => {
      await writeFile(join(directory.path, name), text);
      return join(directory.path, name);
    };
    const authority = new Authority();
    const { certificate, key } = authority.issue('a mirror');
    const all = await clientsAndMirror({
      REGISTRY_HTTP_TLS_CERTIFICATE: await write('certificate.pem', certificate),
      REGISTRY_HTTP_TLS_KEY: await write('key.pem', key),
      REGISTRY_AUTH: 'htpasswd',
      REGISTRY_AUTH_HTPASSWD_REALM: 'a test',
      REGISTRY_AUTH_HTPASSWD_PATH: await write('htpasswd', `ann:${hashSync('secret', 4)}\n`),
    });
    all.hub.push('library/guarded', runnableImage('for some'), { tags: ['latest'] });
    return new GuardedMirror(all, await write('ca.pem', authority.certificate), directory);
  }

  get host(): string {
    return new URL(this.all.url).host;
  }

  trusting<T>(start: (options: ClientOptions) => Promise<T>) {
    return (options: ClientOptions): Promise<T> =>
      start({ ...options, env: { ...options.env, ...this.trust } });
  }

  async close(): Promise<void> {
    await this.all.close();
    await this.#directory.remove();
  }
}

testSuite('docker with a mirror that asks for a password', (it) => {
  let mirror: GuardedMirror;
  it.beforeEach(async () => {
    mirror = await GuardedMirror.start();
  });
  it.afterEach(() => mirror.close());

  it('pulls after docker login, and not before', async () => {
    const { docker } = await mirror.all.add(
      mirror.trusting((options) => startDockerd(options, '{}')),
    );
    const image = `${mirror.host}/${IMAGE}`;
    // What it says is of its next attempt, by plain HTTP, which it has for addresses such as this.
    await rejects(docker('pull', image), Error);
    assert.is((await mirror.all.mirrored.mirror.logged('GET /v2/')).status, 401);
    await rejects(docker('login', ...STRANGER, mirror.host), Error);
    assert.match(await docker('login', ...USER, mirror.host), 'Login Succeeded');
    await docker('pull', image);
    assert.is(await docker('run', '--rm', '--network', 'none', image), 'for some\n');
    await docker('logout', mirror.host);
    await docker('rmi', '--force', image);
    await rejects(docker('pull', image), Error);
    assert.equal(mirror.all.strayCalls, []);
  });
});

testSuite('podman with a mirror that asks for a password', (it) => {
  let mirror: GuardedMirror;
  it.beforeEach(async () => {
    mirror = await GuardedMirror.start();
  });
  it.afterEach(() => mirror.close());

  /** With the mirror's certificate checked. */
  function start(): Promise<{ podman: Podman } & Pick<Client, 'stop'>> {
    return mirror.all.add(
      mirror.trusting(async (options) => {
        const { directory } = options;
        const conf = await writeRegistriesConf(directory, options.mirror, { insecure: false });
        const podman = await podmanWith(options, conf);
        return { podman, stop: async () => void (await podman('rmi', '--all', '--force')) };
      }),
    );
  }

  it('pulls after podman login, and not before', async () => {
    const { podman } = await start();
    const image = `${mirror.host}/${IMAGE}`;
    assert.match((await rejects(podman('pull', image), Error)).message, /unauthorized|401/i);
    await rejects(podman('login', ...STRANGER, mirror.host), Error);
    assert.match(await podman('login', ...USER, mirror.host), 'Login Succeeded');
    await podman('pull', image);
    assert.is(await podman('run', '--rm', '--network', 'none', image), 'for some\n');
  });

  it("pulls the Hub's images by their own names, once it has logged in at the mirror", async () => {
    const { podman } = await start();
    await podman('login', ...USER, mirror.host);
    await podman('pull', `docker.io/${IMAGE}`);
    assert.equal(mirror.all.strayCalls, []);
    assert.is(mirror.all.hub.arrivals.count('manifest-head'), 1);
  });
});
