import { Readable } from 'node:stream';
import * as assert from 'uvu/assert';
import type { HttpAnswer } from '../../../../src/adapters/upstream/registry/http-answer.ts';
import type { HttpRequest } from '../../../../src/adapters/upstream/registry/http-client.ts';
import { sendFollowing } from '../../../../src/adapters/upstream/registry/redirects.ts';
import { UpstreamBadAnswer } from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';

const BLOB = 'https://registry-1.docker.io/v2/library/alpine/blobs/sha256:1';
const HEADERS = { authorization: 'Bearer secret', range: 'bytes=5-' };

/** Sends to the first address, and is sent on from each to the next; what was sent. */
async function followed(...locations: string[]): Promise<HttpRequest[]> {
  const sent: HttpRequest[] = [];
  const send = (request: HttpRequest): Promise<HttpAnswer> => {
    const location = locations[sent.push(request) - 1];
    const headers = location === undefined ? {} : { location };
    const status = location === undefined ? 200 : 307;
    const { url } = request;
    const body = Readable.from([]);
    return Promise.resolve({ url, elsewhere: false, status, headers, body, settle: () => {} });
  };
  const { signal } = new AbortController();
  await sendFollowing({ send }, { method: 'GET', url: new URL(BLOB), headers: HEADERS, signal });
  return sent;
}

const ORIGINS: [what: string, location: string, authorized: boolean][] = [
  ['its own path', '/v2/library/alpine/blobs/sha256:2', true],
  ['its own address', 'https://registry-1.docker.io:443/elsewhere', true],
  ['another port', 'https://registry-1.docker.io:8443/', false],
  ['a host below it', 'https://cdn.registry-1.docker.io/', false],
  ['a host beside it', 'https://production.cloudflare.docker.com/', false],
  ['a host named without scheme', '//production.cloudflare.docker.com/', false],
];

testSuite('the Authorization of a request that is redirected', (it) => {
  for (const [what, location, authorized] of ORIGINS) {
    it(`is ${authorized ? 'sent' : 'not sent'} to ${what}, and the range is`, async () => {
      const sent = await followed(location);
      const { authorization, range } = sent.at(-1)?.headers ?? {};
      assert.equal([sent.length, range], [2, 'bytes=5-']);
      assert.is(authorization, authorized ? 'Bearer secret' : undefined);
    });
  }

  it('does not come back with the request', async () => {
    const sent = await followed('https://cdn.example/a', BLOB);
    assert.equal(
      sent.map(({ headers }) => 'authorization' in headers),
      [true, false, false],
    );
  });

  it('takes none from the address it is sent on to', async () => {
    const [, second] = await followed('https://ann:hunter2@cdn.example/a?signature=s');
    assert.is(second?.url.href, 'https://cdn.example/a?signature=s');
  });

  it('goes nowhere if the way leads from https to http', async () => {
    await rejects(followed('http://registry-1.docker.io/v2/'), UpstreamBadAnswer);
    await rejects(followed('https://cdn.example/', 'http://cdn.example/'), UpstreamBadAnswer);
  });
});
