import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import { type MirroredHub, mirroredHub } from '../support/mirrored-hub.ts';
import { sampleImage } from '../support/sample-image.ts';
import { testSuite } from '../support/suite.ts';

testSuite('Names', (it) => {
  let both: MirroredHub;
  let digest = '';
  it.beforeEach(async () => {
    both ??= await mirroredHub();
    digest = both.hub.push('library/sample', sampleImage('named'), { tags: ['latest'] });
    await both.forgetArrivals();
  });
  it.after(() => both.close());

  async function digestAt(path: string): Promise<string | null> {
    const answer = await fetch(both.url + path, { method: 'HEAD' });
    return answer.headers.get('docker-content-digest');
  }

  for (const namespace of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) {
    it(`without a slash are in library/ where ${namespace} is meant`, async () => {
      assert.is(await digestAt(`/v2/sample/manifests/latest?ns=${namespace}`), digest);
      assert.equal(
        both.hub.arrivals.of('manifest-head').map(({ path }) => path),
        ['/v2/library/sample/manifests/latest'],
      );
    });
  }

  it('with a slash stay as they are', async () => {
    const path = '/v2/library/sample/manifests/latest?ns=docker.io';
    assert.is(await digestAt(path), digest);
  });

  it('that are no names are refused without asking the Hub', async () => {
    for (const name of ['Library/Sample', 'library//sample', '../sample', '%2e%2e/%2e%2e/sample']) {
      const { status, body } = await get(`/v2/${name}/manifests/latest`);
      assert.ok(status >= 400 && status < 500, `${name}: ${status}`);
      assert.match(body, /"errors":\[\{"code":"/);
    }
    assert.equal(both.hub.arrivals.summary(), {});
  });

  /** `fetch` would resolve the dots in a path. */
  async function get(path: string): Promise<{ status: number; body: string }> {
    const { hostname, port } = new URL(both.url);
    const asked = request({ hostname, port, path, agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await text(answer) };
  }
});
