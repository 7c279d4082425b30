import * as assert from 'uvu/assert';
import { image } from '../oci-image.ts';
import { testSuite } from '../suite.ts';
import { ask, authorization, basicHeader } from './hub-client.ts';
import { type HubDouble, startHub } from './hub-double.ts';

const PUBLIC = '/v2/library/alpine/manifests/latest';
const PRIVATE = '/v2/ann/secret/manifests/latest';

interface TokenBody {
  token?: string;
  access_token?: string;
  refresh_token?: string;
  expires_in?: number;
  issued_at?: string;
}

function challenge(answer: Response): string {
  return answer.headers.get('www-authenticate') ?? '';
}

testSuite('Hub double: token service', (it) => {
  let hub: HubDouble;
  it.beforeEach(async () => {
    hub = await startHub();
    hub.push('library/alpine', image(), { tags: ['latest'] });
    hub.push('ann/secret', image(), { tags: ['latest'] });
    hub.addUser('ann', 'pass:word');
    hub.makePrivate('ann/secret', 'ann');
  });
  it.afterEach(() => hub.close());

  async function post(form: Record<string, string>): Promise<[number, TokenBody]> {
    const body = new URLSearchParams({ service: 'registry.docker.io', ...form });
    const answer = await fetch(`${hub.authUrl}/token`, { method: 'POST', body });
    return [answer.status, (await answer.json()) as TokenBody];
  }

  it('is named by the challenge, with the scope that is needed', async () => {
    const answer = await ask(hub, PUBLIC);
    assert.is(answer.status, 401);
    assert.is(
      challenge(answer),
      `Bearer realm="${hub.authUrl}/token",service="registry.docker.io",` +
        'scope="repository:library/alpine:pull"',
    );
    assert.match(await answer.text(), /"code":"UNAUTHORIZED"/);
  });

  it('is named without scope on the base path', async () => {
    const expected = `Bearer realm="${hub.authUrl}/token",service="registry.docker.io"`;
    assert.is(challenge(await ask(hub, '/v2/')), expected);
  });

  it('gives anyone a token for a public repository', async () => {
    assert.is((await ask(hub, PUBLIC, await authorization(hub, 'library/alpine'))).status, 200);
  });

  const USELESS: [string, string, string][] = [
    ['a private repository', 'ann/secret', PRIVATE],
    ['a repository that does not exist', 'library/nope', '/v2/library/nope/manifests/latest'],
    ['a name without library/', 'alpine', '/v2/alpine/manifests/latest'],
    ['another repository', 'library/alpine', PRIVATE],
  ];
  for (const [what, repository, path] of USELESS) {
    it(`gives anyone a token that is not sufficient for ${what}`, async () => {
      const answer = await ask(hub, path, await authorization(hub, repository));
      assert.is(answer.status, 401);
      assert.match(challenge(answer), /error="insufficient_scope"/);
      assert.is(hub.arrivals.count('challenge'), 1);
    });
  }

  it('gives the owner a token for a private repository', async () => {
    const token = await authorization(hub, 'ann/secret', 'ann:pass:word');
    assert.is((await ask(hub, PRIVATE, token)).status, 200);
  });

  it('refuses a wrong password', async () => {
    const headers = { authorization: basicHeader('ann:wrong') };
    const answer = await fetch(`${hub.authUrl}/token`, { headers });
    assert.is(answer.status, 401);
    await answer.text();
    assert.is((await post({ grant_type: 'password', username: 'ann', password: 'no' }))[0], 401);
  });

  it('says how long a token lives, or does not', async () => {
    hub.settings.expiresIn = 40;
    const announced = (await (await fetch(`${hub.authUrl}/token`)).json()) as TokenBody;
    assert.is(announced.expires_in, 40);
    assert.is(announced.token, announced.access_token);
    hub.settings.expiresIn = undefined;
    const silent = (await (await fetch(`${hub.authUrl}/token`)).json()) as TokenBody;
    assert.is(silent.expires_in, undefined);
  });

  it('knows tokens that are expired, or were never issued, as invalid', async () => {
    hub.settings.expiresIn = 0;
    const expired = await authorization(hub, 'library/alpine');
    for (const headers of [expired, { authorization: 'Bearer nonsense' }]) {
      const answer = await ask(hub, PUBLIC, headers);
      assert.is(answer.status, 401);
      assert.match(challenge(answer), /error="invalid_token"/);
    }
  });

  it('makes all tokens invalid when told to', async () => {
    const token = await authorization(hub, 'library/alpine');
    hub.expireTokens();
    assert.is((await ask(hub, PUBLIC, token)).status, 401);
  });

  it('speaks OAuth2 with a password, then with the refresh token', async () => {
    const scope = 'repository:library/alpine:pull repository:ann/secret:pull';
    const offline = { access_type: 'offline', client_id: 'test' };
    const password = { grant_type: 'password', username: 'ann', password: 'pass:word' };
    const [, first] = await post({ ...password, ...offline, scope });
    assert.is(first.token, undefined);
    const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' };
    const [, second] = await post({ ...refresh, scope });
    const headers = { authorization: `Bearer ${second.access_token}` };
    assert.is((await ask(hub, PUBLIC, headers)).status, 200);
    assert.is((await ask(hub, PRIVATE, headers)).status, 200);
  });
});
