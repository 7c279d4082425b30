import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { type ImageOptions, image, imageIndex } from '../../../src/adapters/images/named-image.ts';
import type { Content } from '../../../src/adapters/images/oci-content.ts';
import { testSuite } from '../../support/suite.ts';

function read(content: Content | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(content?.bytes ?? []).toString()) as Record<string, unknown>;
}

function configOf(options: ImageOptions): Record<string, unknown> {
  return read(image('app', options).blobs[0]);
}

/** The names in a tar file of small files. */
function namesIn(layer: Content | undefined): string[] {
  const archive = gunzipSync(layer?.bytes ?? Buffer.alloc(0));
  const names: string[] = [];
  for (let at = 0; archive[at] !== 0; ) {
    names.push(archive.toString('latin1', at, archive.indexOf(0, at)));
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return names;
}

const WRONG_NAMES = ['', 'App:1.0', 'localhost:5000/app:1', 'app:', 'app:-', 'app@sha256:0'];
const WRONG_PATHS = ['', '/', '.', '..', 'a/../b', 'a//b', '/a/./b'];

testSuite('an image that is made in memory', (it) => {
  it('has the name it is given, and is the latest without a tag', () => {
    const { name, repository, tags } = image('library/app:1.0');
    assert.equal([name, repository, tags], ['library/app:1.0', 'library/app', ['1.0']]);
    assert.is(image('library/app').name, 'library/app:latest');
  });

  for (const name of WRONG_NAMES) {
    it(`is not called ${JSON.stringify(name)}`, () => assert.throws(() => image(name)));
  }

  it('has the same digest on every machine, whatever the order of its files', () => {
    const files = {
      '/hello': 'world',
      'etc/motd': Buffer.from('hi'),
      './run': { content: '', mode: 0o755 },
    };
    const turned = Object.fromEntries(Object.entries(files).toReversed());
    assert.is(image('a', { files }).digest, image('b', { files: turned }).digest);
    assert.is(
      image('a', { files }).digest,
      'sha256:ee81019ff43969ef6059f7f088171740da7ab6e374c3a636fe47ce0a5526dd88',
    );
  });

  it('has its files in a layer, with the folders that they are in', () => {
    const { blobs } = image('app', { files: { '/srv/b': 'B', 'srv/a': 'A', '/tmp/': '' } });
    assert.equal(namesIn(blobs[1]), ['srv/', 'srv/a', 'srv/b', 'tmp/']);
  });

  it('has further layers below that', () => {
    const { blobs } = image('app', { layers: [{ a: 'A' }, { b: 'B' }], files: { c: 'C' } });
    assert.equal(blobs.slice(1).map(namesIn), [['a'], ['b'], ['c']]);
    assert.equal(image('app').blobs.slice(1).map(namesIn), [[]]);
    assert.is(image('app', { layers: [{ a: 'A' }] }).blobs.length, 2);
  });

  for (const path of WRONG_PATHS) {
    it(`has no file called ${JSON.stringify(path)}`, () => {
      assert.throws(() => image('app', { files: { [path]: '' } }), /is not the path of a file/);
    });
  }

  it('is for a platform', () => {
    const { os, architecture } = configOf({});
    assert.equal([os, architecture], ['linux', 'amd64']);
    const { variant, ...other } = configOf({ platform: 'linux/arm/v7' });
    assert.equal([other['os'], other['architecture'], variant], ['linux', 'arm', 'v7']);
    for (const platform of ['linux', 'linux/', 'a/b/c/d']) {
      assert.throws(() => image('app', { platform }), /must be written like linux\/amd64/);
    }
  });

  it('says what a container of it does', () => {
    const { config } = configOf({
      env: { LANG: 'C' },
      entrypoint: ['/bin/app'],
      cmd: ['serve'],
      user: '1000',
      workdir: '/srv',
      labels: { 'org.example.a': 'b' },
    });
    assert.equal(config, {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C'],
      Entrypoint: ['/bin/app'],
      Cmd: ['serve'],
      User: '1000',
      WorkingDir: '/srv',
      Labels: { 'org.example.a': 'b' },
    });
  });

  it("may be in Docker's format, and have annotations", () => {
    const [docker] = image('app', { format: 'docker' }).manifests;
    assert.is(docker?.mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
    const [manifest] = image('app', { annotations: { a: 'b' } }).manifests;
    assert.equal(read(manifest)['annotations'], { a: 'b' });
  });

  it('is for several platforms by an index', () => {
    const images = ['linux/amd64', 'linux/arm64'].map((platform) => image('any', { platform }));
    const { name, manifests, digest, blobs } = imageIndex('library/app:1.0', images);
    assert.is(name, 'library/app:1.0');
    assert.is(digest, manifests[0]?.digest);
    const children = read(manifests[0])['manifests'] as { digest: string }[];
    assert.equal(
      children.map((each) => each.digest),
      images.map((each) => each.digest),
    );
    assert.is(manifests.length, 3);
    assert.is(blobs.length, 4);
  });
});
