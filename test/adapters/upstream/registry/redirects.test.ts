import type { RequestListener } from 'node:http';
import * as assert from 'uvu/assert';
import { UpstreamBadAnswer } from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { hubBeds, IMAGE } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, digestOf, tag } from './words.ts';

const CONFIG = digestOf(IMAGE.config);

testSuite('redirects', (it) => {
  const bed = hubBeds(it);
  const serve = scriptedServers(it);

  /** A registry without authentication whose every blob is where `location` says. */
  const redirecting = (location: (hop: number) => string, status = 307) => {
    let hops = 0;
    const answer: RequestListener = ({ url }, response) => {
      if (url === '/v2/') response.end();
      else response.writeHead(status, { location: location(hops++) }).end('moved');
    };
    return serve(answer);
  };

  for (const status of [301, 302, 303, 307, 308]) {
    it(`are followed at ${status}`, async () => {
      const { open } = await bed();
      const target = await serve((_request, response) => response.end('bytes'));
      const server = await redirecting(() => target.url.href, status);
      const blob = await open({ url: server.url }).fetchBlob(ALPINE, CONFIG, 0);
      assert.is(blob.size, 5);
      blob.cancel();
    });
  }

  it('are followed relatively, and with the token while the origin is the same', async () => {
    const { hub, upstream } = await bed();
    const headers = { location: '../manifests/latest' };
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-head',
      times: 1,
      action: { type: 'status', status: 307, headers },
    });
    await upstream.resolve(ALPINE, tag('3.20'));
    const asked = hub.arrivals.of('manifest-head').map(({ path, status }) => [path, status]);
    assert.equal(asked, [
      ['/v2/library/alpine/manifests/3.20', 307],
      ['/v2/library/alpine/manifests/latest', 200],
    ]);
  });

  it('are followed five times and not without end', async () => {
    const { open } = await bed();
    const server = await redirecting((hop) => `/hop-${hop}`);
    await rejects(open({ url: server.url }).fetchBlob(ALPINE, CONFIG, 0), UpstreamBadAnswer);
    assert.is(server.requests.length, 1 + 6);
  });

  it('that come back to the registry do not get the token back', async () => {
    const { hub, open } = await bed();
    const elsewhere = await serve((_request, response) => {
      response.writeHead(307, { location: `${hub.url}/v2/library/alpine/manifests/latest` }).end();
    });
    const headers = { location: elsewhere.url.href };
    const action = { type: 'status', status: 307, headers } as const;
    hub.faults.add({ server: 'registry', kind: 'manifest-head', times: 1, action });
    await rejects(open().resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
    assert.is(elsewhere.requests[0]?.headers.authorization, undefined);
    assert.is(hub.arrivals.of('challenge').at(-1)?.headers.authorization, undefined);
  });

  const NOWHERE = ['ftp://127.0.0.1/a', 'file:///etc/passwd', 'http://', ''];
  for (const location of NOWHERE) {
    it(`to "${location}" are not followed`, async () => {
      const { open } = await bed();
      const server = await redirecting(() => location);
      await rejects(open({ url: server.url }).fetchBlob(ALPINE, CONFIG, 0), UpstreamBadAnswer);
      assert.is(server.requests.length, 2);
    });
  }

  it('tell nobody what is in their query', async () => {
    const { open } = await bed();
    const server = await redirecting(() => 'http://127.0.0.1:1/blob?signature=s3cret');
    const failing = open({ url: server.url }).fetchBlob(ALPINE, CONFIG, 0);
    const error = await rejects(failing, Error);
    assert.match(error.message, '127.0.0.1:1 cannot be reached: it refuses connections');
    assert.not.match(error.message, 's3cret');
  });
});
