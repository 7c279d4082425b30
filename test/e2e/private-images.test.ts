import * as assert from 'uvu/assert';
import { basicHeader } from '../support/hub/hub-client.ts';
import type { HubDouble } from '../support/hub/hub-double.ts';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { pullByDigest } from '../support/pulls.ts';
import { hasNoStack, isQuietAbout } from '../support/quiet-about.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

const USER = 'ann';
const PASSWORD = 'dckr_pat_Very+Secret/Word:7';
const REPOSITORY = 'ann/secret';

function mirrorFor(password: string): Promise<MirroredHub> {
  return mirroredHub({
    env: {
      REGISTRY_PROXY_USERNAME: USER,
      REGISTRY_PROXY_PASSWORD: password,
      REGISTRY_LOG_LEVEL: 'debug',
    },
    fill: (hub: HubDouble) => {
      hub.addUser(USER, PASSWORD);
      hub.push(REPOSITORY, sampleImage('private'), { tags: ['latest'] });
      hub.makePrivate(REPOSITORY, USER);
    },
  });
}

testSuite('Private images', (it) => {
  let both: MirroredHub;
  it.afterEach(() => both.close());

  it('are pulled with the user name and the password of the mirror', async () => {
    both = await mirrorFor(PASSWORD);
    await pullByDigest(both.url, REPOSITORY, 'latest');
    const asked = both.hub.arrivals.of('token').map(({ headers }) => headers.authorization);
    assert.equal(asked, [basicHeader(`${USER}:${PASSWORD}`)]);
  });

  it('do not take the password anywhere but to the token service', async () => {
    both = await mirrorFor(PASSWORD);
    await pullByDigest(both.url, REPOSITORY, 'latest');
    const elsewhere = both.hub.arrivals.all().filter(({ server }) => server !== 'auth');
    isQuietAbout(JSON.stringify(elsewhere), [PASSWORD, `${USER}:${PASSWORD}`]);
    const atCdn = both.hub.arrivals.of('cdn-get').map(({ headers }) => headers.authorization);
    assert.ok(atCdn.every((authorization) => authorization === undefined));
  });

  it('leave no password in the log', async () => {
    both = await mirrorFor(PASSWORD);
    await pullByDigest(both.url, REPOSITORY, 'latest');
    await both.mirror.stop();
    isQuietAbout(both.mirror.output, [PASSWORD, `${USER}:${PASSWORD}`, 'Bearer ']);
  });

  it('are refused with a wrong password, which is in no answer and no log either', async () => {
    both = await mirrorFor('wrong-but-secret');
    const answer = await fetch(`${both.url}/v2/${REPOSITORY}/manifests/latest`);
    const said = await answer.text();
    assert.ok(answer.status >= 400, `status ${answer.status}`);
    assert.match(said, /"errors":\[\{"code":"/);
    assert.is(answer.headers.get('www-authenticate'), null);
    await both.mirror.stop();
    isQuietAbout(said + both.mirror.output, ['wrong-but-secret', `${USER}:wrong-but-secret`]);
    hasNoStack(both.mirror.output);
  });
});

testSuite('Private images without an account', (it) => {
  it('are as unknown as those that do not exist', async () => {
    const both = await mirroredHub({
      fill: (hub) => {
        hub.push(REPOSITORY, sampleImage('private'), { tags: ['latest'] });
        hub.makePrivate(REPOSITORY, USER);
      },
    });
    try {
      for (const name of [REPOSITORY, 'ann/nothing']) {
        const answer = await fetch(`${both.url}/v2/${name}/manifests/latest`);
        assert.is(answer.status, 404);
        assert.is(answer.headers.get('www-authenticate'), null);
        assert.match(await answer.text(), /"code":"NAME_UNKNOWN"/);
      }
    } finally {
      await both.close();
    }
  });
});
