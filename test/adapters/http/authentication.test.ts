import * as assert from 'uvu/assert';
import { TooManyAttempts, Unauthorized } from '../../../src/domain/errors.ts';
import type { Authenticator, Presented } from '../../../src/domain/ports/authenticator.ts';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { codeOf, servings } from './serving.ts';

/** Lets in who says so, and notes what it is shown. */
class Gate implements Authenticator {
  readonly shown: Presented[] = [];
  failure: Error | undefined;

  authenticate(presented: Presented): Promise<void> | undefined {
    this.shown.push(presented);
    if (this.failure !== undefined) throw this.failure;
    if (presented.authorization === 'at once') return undefined;
    return presented.authorization === 'later' ? Promise.resolve() : Promise.reject(refusal());
  }
}

function refusal(): Unauthorized {
  return new Unauthorized('a user name and a password are needed', 'Basic realm="a realm"');
}

const GUARDED = [
  '/v2/',
  '/v2',
  '/v2/_catalog',
  '/v2/library/alpine/tags/list',
  '/v2/library/alpine/manifests/latest',
  `/v2/library/alpine/blobs/${sha256('x')}`,
  `/v2/library/alpine/referrers/${sha256('x')}`,
  '/v2/library/alpine/manifests/latest?ns=elsewhere.example',
  '/v2/BAD/manifests/latest',
  '/v2/library/alpine/blobs/uploads/',
  '/nowhere',
  '/%zz',
];

testSuite('a client that may not ask', (it) => {
  const serve = servings(it);

  for (const path of GUARDED) {
    it(`is told how it could, and nothing else, at ${path}`, async () => {
      const serving = await serve({}, new Gate());
      for (const method of ['GET', 'HEAD']) {
        const answer = await serving.ask(path, { method });
        assert.is(answer.status, 401);
        assert.is(answer.headers['www-authenticate'], 'Basic realm="a realm"');
        assert.is(answer.headers['docker-distribution-api-version'], 'registry/2.0');
        if (method === 'GET') assert.is(codeOf(answer), 'UNAUTHORIZED');
        else assert.is(answer.body.length, 0);
      }
      assert.equal(serving.mirror.calls, []);
    });
  }

  it('learns that the server is there', async () => {
    const serving = await serve({ prefix: '/mirror/' }, new Gate());
    for (const path of ['/', '/healthz', '/mirror/', '/mirror/healthz']) {
      const answer = await serving.ask(path);
      assert.is(answer.status, 200, path);
    }
  });

  it('is told to wait if it tries too often', async () => {
    const gate = new Gate();
    gate.failure = new TooManyAttempts(1.5);
    const answer = await (await serve({}, gate)).ask('/v2/');
    assert.is(answer.status, 429);
    assert.is(codeOf(answer), 'TOOMANYREQUESTS');
    assert.is(answer.headers['retry-after'], '2');
  });

  it('is told no more than that if the check itself fails', async () => {
    const gate = new Gate();
    gate.failure = new Error('hunter2');
    const answer = await (await serve({}, gate)).ask('/v2/');
    assert.is(answer.status, 500);
    assert.not.match(answer.body.toString(), 'hunter2');
  });
});

testSuite('a client that may ask', (it) => {
  const serve = servings(it);

  it('is answered, whether that is known at once or later', async () => {
    const serving = await serve({}, new Gate());
    for (const authorization of ['at once', 'later']) {
      const answer = await serving.ask('/v2/', { headers: { authorization } });
      assert.is(answer.status, 200);
      assert.is(answer.body.toString(), '{}');
    }
  });

  it('is known by its address', async () => {
    const gate = new Gate();
    await (await serve({}, gate)).ask('/v2/');
    assert.equal(gate.shown, [{ authorization: undefined, address: '127.0.0.1' }]);
  });

  it('is known by the address that a trusted proxy names', async () => {
    const gate = new Gate();
    const serving = await serve({ trustedProxies: ['127.0.0.0/8'] }, gate);
    await serving.ask('/v2/', { headers: { 'x-forwarded-for': '192.0.2.7' } });
    assert.is(gate.shown[0]?.address, '192.0.2.7');
    assert.is(serving.entries[0]?.client, '192.0.2.7', 'in the log, too');
  });
});
