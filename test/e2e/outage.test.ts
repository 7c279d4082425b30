import * as assert from 'uvu/assert';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { pullByDigest, pullByTag } from '../support/pulls.ts';
import { hasNoStack } from '../support/quiet-about.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const REPOSITORY = 'library/sample';
const STALE = '110 - "Response is Stale"';

testSuite('While the Hub cannot be asked', (it) => {
  let both: MirroredHub;
  let digest = '';
  let tag = '';
  it.beforeEach(async () => {
    both = await mirroredHub();
    digest = both.hub.push(REPOSITORY, sampleImage('kept'), { tags: ['latest'] });
    tag = `${both.url}/v2/${REPOSITORY}/manifests/latest`;
    await pullByDigest(both.url, REPOSITORY, 'latest');
  });
  it.afterEach(async () => {
    await both.close();
    hasNoStack(both.mirror.output);
  });

  async function assertStale(method: string): Promise<void> {
    const answer = await fetch(tag, { method });
    assert.is(answer.status, 200);
    assert.is(answer.headers.get('docker-content-digest'), digest);
    assert.is(answer.headers.get('warning'), STALE);
    assert.match(answer.headers.get('age') ?? '', /^\d+$/);
    await answer.arrayBuffer();
  }

  it('what was pulled before can be pulled again, and says that it may be old', async () => {
    await both.hubGoesDown();
    await assertStale('HEAD');
    await assertStale('GET');
    assert.is((await pullByDigest(both.url, REPOSITORY, 'latest')).digest, digest);
    assert.is((await pullByTag(both.url, REPOSITORY, 'latest')).digest, digest);
  });

  it('it is said in the log', async () => {
    await both.hubGoesDown();
    await assertStale('HEAD');
    await both.mirror.stop();
    const lines = both.mirror.log;
    assert.ok(lines.some(({ event, level }) => event === 'tag-stale' && level === 'warn'));
    assert.ok(lines.some(({ source, status }) => source === 'stale' && status === 200));
  });

  it('what has a digest is as good as ever', async () => {
    await both.hubGoesDown();
    const answer = await fetch(`${both.url}/v2/${REPOSITORY}/manifests/${digest}`);
    assert.is(answer.status, 200);
    assert.is(answer.headers.get('warning'), null);
    await answer.arrayBuffer();
  });

  it('what is not here is an error of the gateway', async () => {
    await both.hubGoesDown();
    const answer = await fetch(`${both.url}/v2/library/other/manifests/latest`);
    assert.ok([502, 503, 504].includes(answer.status), `status ${answer.status}`);
    assert.match(await answer.text(), /"errors":\[\{"code":"/);
  });

  it('the tags that are in storage are listed', async () => {
    await both.restart();
    await both.hubGoesDown();
    const answer = await fetch(`${both.url}/v2/${REPOSITORY}/tags/list`);
    assert.equal(await answer.json(), { name: REPOSITORY, tags: ['latest'] });
  });

  it('an answer that does not come in time is not waited for', async () => {
    await both.mirror.stop();
    await both.start({ REGISTRY_PROXY_TAGS_TIMEOUT: '300ms' });
    tag = `${both.url}/v2/${REPOSITORY}/manifests/latest`;
    both.hub.faults.add({ server: 'registry', action: { type: 'hang' } });
    await assertStale('GET');
  });

  for (const status of [429, 500, 503]) {
    it(`an answer of ${status} is as good as none`, async () => {
      both.hub.faults.add({ server: 'registry', action: { type: 'status', status } });
      await assertStale('GET');
    });
  }

  it('nothing is remembered once it can be asked again', async () => {
    await both.hubGoesDown();
    await assertStale('GET');
    for (const server of ['registry', 'auth', 'cdn'] as const) await both.hub.up(server);
    const moved = both.hub.push(REPOSITORY, sampleImage('newer'), { tags: ['latest'] });
    const answer = await fetch(tag, { method: 'HEAD' });
    assert.is(answer.headers.get('docker-content-digest'), moved);
    assert.is(answer.headers.get('warning'), null);
  });

  it('a tag that is gone from the Hub is gone here, too', async () => {
    both.hub.untag(REPOSITORY, 'latest');
    const answer = await fetch(tag);
    assert.is(answer.status, 404);
    assert.match(await answer.text(), /"code":"MANIFEST_UNKNOWN"/);
  });
});
