import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { testSuite } from '../../support/suite.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { REPOSITORY, scenes } from './scene.ts';
import { tryPull } from './try-pull.ts';

const SERVERS = ['registry', 'auth', 'cdn'] as const;

/** What is down, and what a pull is then: of an image that is here, and of one that is not. */
const OUTAGES: readonly (readonly [readonly (typeof SERVERS)[number][], string, string])[] = [
  [['registry'], 'whole, stale', 'manifest 502 UNAVAILABLE'],
  [['auth'], 'whole', 'whole'],
  [['cdn'], 'whole', 'blob 404 UNAVAILABLE'],
  [['registry', 'auth', 'cdn'], 'whole, stale', 'manifest 502 UNAVAILABLE'],
];

testSuite('While the Hub is down', (it) => {
  const scene = scenes(it);

  for (const [down, warm, cold] of OUTAGES) {
    const what = down.join(', ');
    it(`without its ${what}, what is here can be pulled: ${warm}`, async () => {
      const made = await scene({ moment: 'warm' });
      for (const server of down) await made.hub.down(server);
      assert.is(await made.pull(), warm);
      for (const server of down) await made.hub.up(server);
    });

    it(`without its ${what}, what is not here is honestly missing: ${cold}`, async () => {
      const made = await scene({ moment: 'warm' });
      made.hub.push('library/other', made.latest, { tags: ['latest'] });
      if (!down.includes('auth')) await made.get('manifests/latest', { method: 'HEAD' });
      made.move();
      for (const server of down) await made.hub.down(server);
      const pulled = await tryPull(made.mirror.url, 'library/elsewhere', 'latest');
      assert.ok(/^manifest (404|502) /.test(pulled), pulled);
      for (const server of down) await made.hub.up(server);
      await made.recovers();
    });
  }

  it('a stale answer has a Warning of 110 and the Age of what is known', async () => {
    const made = await scene({ moment: 'warm' });
    await made.hub.down('registry');
    const answer = await made.get('manifests/latest', { method: 'HEAD' });
    assert.is(answer.headers.get('warning'), '110 - "Response is Stale"');
    assert.match(answer.headers.get('age') ?? '', /^\d+$/);
    assert.is(made.mirror.events('tag-stale').length, 1);
  });

  it('a tag that is older than proxy.tags.staleiferror is not served', async () => {
    const made = await scene({ moment: 'warm', env: { PROXY_TAGS_STALEIFERROR: '0s' } });
    await made.hub.down('registry');
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.is(await made.pull(), 'manifest 502 UNAVAILABLE');
  });

  it('a cache hit needs no token', async () => {
    const made = await scene({ moment: 'warm' });
    made.hub.expireTokens();
    await made.hub.down('auth');
    const { digest } = made.latest.manifest;
    const manifest = await made.get(`manifests/${digest}`);
    const blob = await made.get(`blobs/${made.layer.digest}`);
    assert.equal([manifest.status, blob.status], [200, 200]);
    await Promise.all([manifest.arrayBuffer(), blob.arrayBuffer()]);
    assert.equal(made.hub.arrivals.summary(), {});
  });
});

testSuite('A mirror that starts', (it) => {
  let hub: HubDouble;
  it.afterEach(() => hub.close());

  it('during an outage starts all the same, warns, and pulls when it is over', async () => {
    hub = await startHub();
    await hub.down('registry');
    const mirror = await embeddedMirror({ upstream: hub.url });
    try {
      const pulled = await tryPull(mirror.url, REPOSITORY, 'latest');
      assert.is(pulled, 'manifest 502 UNAVAILABLE');
      const warnings = mirror.log.filter(({ level, upstream }) => level === 'warn' && upstream);
      assert.is(warnings.length, 1);
    } finally {
      await mirror.close();
      await hub.up('registry');
    }
  });

  it('with an upstream whose name does not resolve says what could not be found', async () => {
    hub = await startHub();
    const mirror = await embeddedMirror({ upstream: 'http://kagami.invalid' });
    try {
      const answer = await fetch(`${mirror.url}/v2/${REPOSITORY}/manifests/latest`);
      assert.is(answer.status, 502);
      assert.match(await answer.text(), 'kagami.invalid');
    } finally {
      await mirror.close();
    }
  });

  it('offline never contacts the upstream, and serves what is in its storage', async () => {
    hub = await startHub();
    const directory = await tempDirectory();
    const env = { STORAGE: 'filesystem', STORAGE_FILESYSTEM_ROOTDIRECTORY: directory.path };
    const { sampleImage } = await import('../../support/sample-image.ts');
    hub.push(REPOSITORY, sampleImage('offline'), { tags: ['latest'] });
    const online = await embeddedMirror({ upstream: hub.url, env });
    assert.is(await tryPull(online.url, REPOSITORY, 'latest'), 'whole');
    await online.close();
    hub.arrivals.clear();
    const mirror = await embeddedMirror({
      upstream: hub.url,
      env: { ...env, PROXY_OFFLINE: 'true' },
    });
    try {
      assert.is(await tryPull(mirror.url, REPOSITORY, 'latest'), 'whole, stale');
      const other = await tryPull(mirror.url, 'library/other', 'latest');
      assert.match(other, /^manifest 50[23] UNAVAILABLE$/);
      assert.equal(hub.arrivals.summary(), {});
    } finally {
      await mirror.close();
      await directory.remove();
    }
  });
});
