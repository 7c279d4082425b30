import * as assert from 'uvu/assert';
import { embeddedMirror } from '../../support/embedded-mirror.ts';
import { basicHeader } from '../../support/hub/hub-client.ts';
import { type HubDouble, startHub } from '../../support/hub/hub-double.ts';
import { pullByDigest } from '../../support/pulls.ts';
import { isQuietAbout } from '../../support/quiet-about.ts';
import { sampleImage } from '../../support/sample-image.ts';
import { testSuite } from '../../support/suite.ts';

const REPOSITORY = 'library/sample';
const [USER, PASSWORD] = ['ann', 'dckr_pat_secret'];

testSuite('An upstream with mirrors and accounts', (it) => {
  const closing: (() => Promise<void>)[] = [];
  it.afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function hub(): Promise<HubDouble> {
    const started = await startHub();
    closing.push(() => started.close());
    started.push(REPOSITORY, sampleImage('accounts'), { tags: ['latest'] });
    return started;
  }

  async function embedded(origin: HubDouble, env: Record<string, string>): Promise<string> {
    const mirror = await embeddedMirror({ upstream: origin.url, env });
    closing.push(() => mirror.close());
    return mirror.url;
  }

  it('gives the accounts to the origin alone', async () => {
    const [origin, other] = [await hub(), await hub()];
    origin.addUser(USER, PASSWORD);
    const env = {
      PROXY_MIRRORS: `[${other.url}]`,
      PROXY_CREDENTIALS: `[{username: ${USER}, password: ${PASSWORD}}]`,
    };
    await pullByDigest(await embedded(origin, env), REPOSITORY, 'latest');
    const basic = basicHeader(`${USER}:${PASSWORD}`);
    const shown = origin.arrivals.of('token').map(({ headers }) => headers.authorization);
    assert.ok(shown.length > 0 && shown.every((authorization) => authorization === basic));
    assert.ok(other.arrivals.count('token') > 0);
    assert.ok(other.arrivals.count('blob-get') > 0);
    isQuietAbout(JSON.stringify(other.arrivals.all()), [USER, PASSWORD, basic]);
  });

  it('begins with the account of proxy.username', async () => {
    const origin = await hub();
    origin.addUser(USER, PASSWORD);
    const env = {
      PROXY_USERNAME: USER,
      PROXY_PASSWORD: PASSWORD,
      PROXY_CREDENTIALS_0_USERNAME: 'second',
      PROXY_CREDENTIALS_0_PASSWORD: 'other',
    };
    await pullByDigest(await embedded(origin, env), REPOSITORY, 'latest');
    const shown = origin.arrivals.of('token').map(({ headers }) => headers.authorization);
    assert.ok(shown.length > 0);
    for (const authorization of shown) {
      assert.is(authorization, basicHeader(`${USER}:${PASSWORD}`));
    }
  });
});
