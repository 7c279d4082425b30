import * as assert from 'uvu/assert';
import type { Config } from '../../src/app/config/config.ts';
import type { ClientSetup } from '../../src/app/setup/client-setup.ts';
import { setUpContainerd } from '../../src/app/setup/containerd.ts';
import { setUpDocker } from '../../src/app/setup/docker.ts';
import { type MirrorAddress, mirrorAddress } from '../../src/app/setup/mirror-address.ts';
import { setUpPodman } from '../../src/app/setup/podman.ts';
import { testSuite } from '../support/suite.ts';
import { load } from './config/load.ts';

const HOSTNAME = 'mirror.example';

function configured(env: Record<string, string> = {}): Config {
  const all = Object.entries(env).map(([key, value]) => [`REGISTRY_${key}`, value]);
  return load(undefined, Object.fromEntries(all) as Record<string, string>).config;
}

function addressOf(env: Record<string, string> = {}, url?: string): MirrorAddress {
  const found = mirrorAddress(configured(env), url, HOSTNAME);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const PLACES: readonly (readonly [Record<string, string>, string | undefined, string])[] = [
  [{}, undefined, 'http://mirror.example:5000/'],
  [{ HTTP_ADDR: '0.0.0.0:80' }, undefined, 'http://mirror.example/'],
  [{ HTTP_ADDR: '"[::]:5001"' }, undefined, 'http://mirror.example:5001/'],
  [{ HTTP_ADDR: '10.0.0.7:5000' }, undefined, 'http://10.0.0.7:5000/'],
  [{ HTTP_ADDR: '"[2001:db8::1]:5000"' }, undefined, 'http://[2001:db8::1]:5000/'],
  [{ HTTP_PREFIX: '/mirror/' }, undefined, 'http://mirror.example:5000/mirror/'],
  [{ HTTP_HOST: 'https://pull.example' }, undefined, 'https://pull.example/'],
  [{ HTTP_HOST: 'https://pull.example' }, 'http://a:1', 'http://a:1/'],
  [{ HTTP_PREFIX: '/mirror/' }, 'https://a.example', 'https://a.example/mirror/'],
  [{}, 'https://a.example/images', 'https://a.example/images/'],
];

const NOWHERE: readonly (readonly [Record<string, string>, string | undefined, string])[] = [
  [{ HTTP_NET: 'unix', HTTP_ADDR: '/run/k.sock' }, undefined, 'listens on a Unix socket'],
  [{ HTTP_ADDR: ':0' }, undefined, 'takes any free port'],
  [{}, 'mirror.example', '--url must be such as https://mirror.example:5000'],
  [{}, 'ftp://mirror.example', '--url must be such as'],
];

testSuite('where clients find the mirror', (it) => {
  for (const [env, url, place] of PLACES) {
    it(`is ${place} with ${JSON.stringify(env)} and ${url}`, () => {
      const { origin, path } = addressOf(env, url);
      assert.is(origin + path, place);
    });
  }

  for (const [env, url, sentence] of NOWHERE) {
    it(`is not known with ${JSON.stringify(env)} and ${url}`, () => {
      assert.match(refusal(mirrorAddress(configured(env), url, HOSTNAME)), sentence);
    });
  }

  it('says nothing of a password in it', () => {
    const found = mirrorAddress(configured(), 'https://me:hunter2@a.example', HOSTNAME);
    assert.not.match(refusal(found), 'hunter2');
  });

  it('stands for the registry that is mirrored', () => {
    const registry = (url: string): string => addressOf({ PROXY_REMOTEURL: url }).registry;
    assert.is(addressOf().registry, 'docker.io');
    assert.is(registry('https://ghcr.io'), 'ghcr.io');
    assert.is(registry('https://a.example:5000'), 'a.example:5000');
    assert.is(registry('http://another.mirror:5000'), 'docker.io');
    assert.is(registry('file:///images'), 'docker.io');
  });
});

/** The sentence in place of what was asked for. */
function refusal(found: object | string): string {
  return typeof found === 'string' ? found : 'none';
}

function setupOf(found: ClientSetup | string): ClientSetup {
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const PLAIN = addressOf();
const SECURE = addressOf({}, 'https://pull.example');
const GHCR = addressOf({ PROXY_REMOTEURL: 'https://ghcr.io' });
const BELOW = addressOf({ HTTP_PREFIX: '/mirror/' });

function mirrors(address: MirrorAddress): unknown {
  return JSON.parse(setupOf(setUpDocker(address)).text);
}

testSuite('docker is set up', (it) => {
  it('with daemon.json', () => {
    const { file, text } = setupOf(setUpDocker(PLAIN));
    assert.is(file, '/etc/docker/daemon.json');
    assert.equal(JSON.parse(text), {
      'registry-mirrors': ['http://mirror.example:5000'],
      'insecure-registries': ['mirror.example:5000'],
    });
  });

  it('without plain HTTP where there is HTTPS, or nothing but this machine', () => {
    assert.equal(mirrors(SECURE), { 'registry-mirrors': ['https://pull.example'] });
    const here = addressOf({ HTTP_ADDR: '127.0.0.1:5000' });
    assert.equal(mirrors(here), { 'registry-mirrors': ['http://127.0.0.1:5000'] });
    assert.equal(mirrors(addressOf({}, 'https://a.example/b')), {
      'registry-mirrors': ['https://a.example/b/'],
    });
  });

  it('for Docker Hub alone', () => assert.match(refusal(setUpDocker(GHCR)), 'Docker Hub alone'));
});

testSuite('containerd is set up', (it) => {
  it('with hosts.toml, and the Hub as the last resort', () => {
    const { file, text } = setupOf(setUpContainerd(PLAIN));
    assert.is(file, '/etc/containerd/certs.d/docker.io/hosts.toml');
    assert.equal(text.split('\n'), [
      'server = "https://registry-1.docker.io"',
      '',
      '[host."http://mirror.example:5000"]',
      '  capabilities = ["pull", "resolve"]',
    ]);
  });

  it('for another registry, and below a path', () => {
    const { file, text } = setupOf(setUpContainerd(GHCR));
    assert.is(file, '/etc/containerd/certs.d/ghcr.io/hosts.toml');
    assert.match(text, 'server = "https://ghcr.io"');
    const below = setupOf(setUpContainerd(BELOW)).text;
    assert.match(below, '[host."http://mirror.example:5000/mirror/v2"]');
    assert.match(below, 'override_path = true');
  });
});

testSuite('podman is set up', (it) => {
  it('with a file of registries.conf.d', () => {
    const { file, text } = setupOf(setUpPodman(PLAIN));
    assert.is(file, '/etc/containers/registries.conf.d/kagami.conf');
    assert.equal(text.split('\n'), [
      '[[registry]]',
      'prefix = "docker.io"',
      'location = "docker.io"',
      '',
      '[[registry.mirror]]',
      'location = "mirror.example:5000"',
      'insecure = true',
    ]);
  });

  it('without plain HTTP where there is HTTPS', () => {
    assert.not.match(setupOf(setUpPodman(SECURE)).text, 'insecure');
  });

  it('for another registry', () => {
    assert.match(setupOf(setUpPodman(GHCR)).text, 'prefix = "ghcr.io"');
  });

  it('but not below a path', () =>
    assert.match(refusal(setUpPodman(BELOW)), 'cannot use a mirror'));
});
