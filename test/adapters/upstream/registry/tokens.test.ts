import * as assert from 'uvu/assert';
import {
  NameUnknown,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { hubBeds, IMAGE, MULTI } from './hub-bed.ts';
import { ALPINE, digestOf, repository, tag } from './words.ts';

testSuite('what a registry upstream asks to be let in', (it) => {
  const bed = hubBeds(it);

  it('learns the challenge once and gets one token for concurrent needs', async () => {
    const { hub, upstream } = await bed();
    const names = Array.from({ length: 20 }, (_, at) => `3.${at}`);
    hub.push('library/alpine', MULTI, { tags: names });
    await Promise.all(names.map((name) => upstream.resolve(ALPINE, tag(name))));
    assert.equal(hub.arrivals.summary(), { challenge: 1, token: 1, 'manifest-head': 20 });
  });

  it('spends on a cold image what is needed and nothing more', async () => {
    const { hub, upstream } = await bed();
    const { digest } = await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.fetchManifest(ALPINE, digest);
    await upstream.fetchManifest(ALPINE, digestOf(IMAGE.manifest));
    for (const blob of [IMAGE.config, ...IMAGE.layers]) {
      const { body } = await upstream.fetchBlob(ALPINE, digestOf(blob), 0);
      for await (const piece of body) assert.ok(piece.byteLength > 0);
    }
    assert.equal(hub.arrivals.summary(), {
      challenge: 1,
      token: 1,
      'manifest-head': 1,
      'manifest-get': 2,
      'blob-get': 2,
      'cdn-get': 2,
    });
  });

  it('asks for a token for each repository, by service and scope', async () => {
    const { hub, upstream } = await bed();
    hub.push('library/busybox', IMAGE, { tags: ['1'] });
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.resolve(repository('library/busybox'), tag('1'));
    const asked = hub.arrivals.of('token').map(({ path }) => new URL(path, hub.authUrl));
    assert.equal(
      asked.map(({ searchParams }) => [searchParams.get('service'), searchParams.get('scope')]),
      [
        ['registry.docker.io', 'repository:library/alpine:pull'],
        ['registry.docker.io', 'repository:library/busybox:pull'],
      ],
    );
    assert.is(hub.arrivals.count('challenge'), 1);
  });

  it('asks for another one shortly before it expires', async () => {
    const { hub, clock, upstream } = await bed({ expiresIn: 300 });
    await upstream.resolve(ALPINE, tag('3.20'));
    clock.advance(289_999);
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.is(hub.arrivals.count('token'), 1);
    clock.advance(1);
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.equal(hub.arrivals.summary(), { challenge: 1, token: 2, 'manifest-head': 3 });
  });

  it('renews a token once for all who are refused with it', async () => {
    const { hub, upstream } = await bed();
    await upstream.resolve(ALPINE, tag('3.20'));
    hub.expireTokens();
    const five = Array.from({ length: 5 }, () => upstream.resolve(ALPINE, tag('3.20')));
    await Promise.all(five);
    const { token, 'manifest-head': heads } = hub.arrivals.summary();
    assert.equal({ token, heads }, { token: 2, heads: 6 });
  });

  it('takes a second refusal for an answer: the repository is not to be seen', async () => {
    const { hub, upstream } = await bed();
    await upstream.resolve(ALPINE, tag('3.20'));
    hub.makePrivate('library/alpine', 'somebody');
    hub.expireTokens();
    await rejects(upstream.resolve(ALPINE, tag('3.20')), NameUnknown);
    assert.equal(hub.arrivals.summary(), { challenge: 3, token: 2, 'manifest-head': 1 });
  });

  it('does not renew a new token that is insufficient', async () => {
    const { hub, upstream } = await bed();
    const unknown = repository('library/nowhere');
    const error = await rejects(upstream.resolve(unknown, tag('1')), NameUnknown);
    assert.match(error.message, 'does not know the repository, or does not let us see it');
    assert.equal(hub.arrivals.summary(), { challenge: 2, token: 1 });
    hub.push('library/nowhere', IMAGE, { tags: ['1'] });
    await upstream.resolve(unknown, tag('1'));
    assert.equal(hub.arrivals.summary(), { challenge: 2, token: 2, 'manifest-head': 1 });
  });

  it('tells a registry that refuses good tokens from an unknown repository', async () => {
    const { hub, upstream } = await bed();
    const headers = {
      'www-authenticate': `Bearer realm="${hub.authUrl}/token",error="invalid_token"`,
    };
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-head',
      action: { type: 'status', status: 401, headers },
    });
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
    assert.is(hub.arrivals.count('token'), 2);
  });

  it('asks nobody where no challenge is', async () => {
    const { hub, upstream } = await bed({ auth: false });
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.resolve(ALPINE, tag('latest'));
    assert.equal(hub.arrivals.summary(), { other: 1, 'manifest-head': 2 });
  });

  it('takes up a challenge that comes later', async () => {
    const { hub, upstream } = await bed({ auth: false });
    await upstream.resolve(ALPINE, tag('3.20'));
    hub.settings.auth = true;
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.equal(hub.arrivals.summary(), {
      other: 1,
      challenge: 1,
      token: 1,
      'manifest-head': 3,
    });
  });

  it('tries again to learn the challenge after it failed', async () => {
    const { hub, upstream } = await bed();
    await hub.down('registry');
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    await hub.up('registry');
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.equal(hub.arrivals.summary(), { challenge: 1, token: 1, 'manifest-head': 1 });
  });

  it('does not take a portal for an open registry', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', times: 1, action: { type: 'html' } });
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.is(hub.arrivals.count('manifest-head'), 1);
  });
});

testSuite('a token service in trouble', (it) => {
  const bed = hubBeds(it);

  it('bounds the wait for a token by the time that the caller has', async () => {
    const { hub, clock, upstream } = await bed();
    hub.faults.add({ server: 'auth', action: { type: 'hang' } });
    const short = upstream.resolve(ALPINE, tag('3.20'), 3_000);
    const long = upstream.fetchManifest(ALPINE, digestOf(MULTI.manifest));
    await hub.arrivals.reached('token');
    clock.advance(3_000);
    await rejects(short, UpstreamTimeout);
    clock.advance(12_000);
    await rejects(long, UpstreamTimeout);
    assert.is(hub.arrivals.count('token'), 1);
  });

  it('is told by its own host', async () => {
    const { hub, upstream } = await bed();
    await hub.down('auth');
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    assert.match(error.message, new URL(hub.authUrl).host);
  });

  for (const type of ['bad-json', 'html', 'bare-lf'] as const) {
    it(`talks nonsense: ${type}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'auth', action: { type } });
      await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
    });
  }

  it('sends too much', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'auth', action: { type: 'longer', by: 70_000 } });
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
  });

  it('asks to wait', async () => {
    const { hub, upstream } = await bed();
    const action = { type: 'status', status: 429, headers: { 'retry-after': '90' } } as const;
    hub.faults.add({ server: 'auth', action });
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), TooManyRequests);
    assert.is(error.retryAfterSeconds, 90);
  });
});
