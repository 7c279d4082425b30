import * as assert from 'uvu/assert';
import { RegistryUpstream } from '../../../../src/adapters/upstream/registry/registry-upstream.ts';
import {
  TooManyRequests,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { COMMON, hubBeds, MULTI } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, digestOf, tag } from './words.ts';

const DIGEST = digestOf(MULTI.manifest);

testSuite('a registry in trouble', (it) => {
  const bed = hubBeds(it);
  const serve = scriptedServers(it);

  it('that does not answer HEAD is waited for as long as the caller says', async () => {
    const { hub, clock, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'manifest-head', action: { type: 'hang' } });
    const resolving = upstream.resolve(ALPINE, tag('3.20'), 3_000);
    await hub.arrivals.reached('manifest-head');
    clock.advance(3_000);
    const error = await rejects(resolving, UpstreamTimeout);
    assert.is(error.message, `${new URL(hub.url).host} did not answer within 3000 ms`);
  });

  it('that does not even tell the challenge costs no more time', async () => {
    const { hub, clock, upstream } = await bed();
    hub.faults.add({ server: 'registry', action: { type: 'hang' } });
    const resolving = upstream.resolve(ALPINE, tag('3.20'), 3_000);
    await hub.arrivals.reached('challenge');
    clock.advance(3_000);
    await rejects(resolving, UpstreamTimeout);
  });

  it('that sends half a manifest is waited for half a minute', async () => {
    const { hub, clock, upstream } = await bed();
    const action = { type: 'stall', after: 10 } as const;
    hub.faults.add({ server: 'registry', kind: 'manifest-get', action });
    const fetching = upstream.fetchManifest(ALPINE, DIGEST);
    await hub.arrivals.reached('manifest-get');
    clock.advance(30_000);
    await rejects(fetching, UpstreamTimeout);
  });

  it('leaves no timer behind', async () => {
    const { clock, upstream } = await bed();
    await upstream.resolve(ALPINE, tag('3.20'));
    const { digest = DIGEST } = MULTI.images[0]?.config ?? {};
    (await upstream.fetchBlob(ALPINE, digestOf({ ...MULTI.manifest, digest }), 0)).cancel();
    assert.is(clock.pending, 0);
  });

  it('that refuses connections says so', async () => {
    const { hub, upstream } = await bed();
    await hub.down('registry');
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    const { host } = new URL(hub.url);
    assert.is(error.message, `${host} cannot be reached: it refuses connections`);
    assert.equal(error.detail, { host, code: 'ECONNREFUSED' });
  });

  it('whose name nobody knows says so', async () => {
    const { open } = await bed();
    const upstream = open({ url: new URL('http://registry.invalid') });
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    assert.match(error.message, /^registry\.invalid cannot be reached: its name/);
  });

  it('that resets the connection says so', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'manifest-head', action: { type: 'reset' } });
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    assert.match(error.message, 'cannot be reached: the connection was ');
  });

  it('that limits pulls asks to wait, and still resolves', async () => {
    const { hub, upstream } = await bed({ rateLimit: 0 });
    const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
    assert.is(error.retryAfterSeconds, 60);
    assert.is((error.detail as { code: string }).code, 'TOOMANYREQUESTS');
    assert.is((await upstream.resolve(ALPINE, tag('3.20'))).digest, DIGEST);
    assert.is(hub.arrivals.count('manifest-get'), 1);
  });

  it('that fends off abuse in plain text asks to wait too', async () => {
    const { hub, clock, upstream } = await bed();
    const until = String(clock.now() / 1000 + 45);
    const headers = { 'retry-after': until };
    const action = { type: 'status', status: 429, body: 'Too Many Requests', headers } as const;
    hub.faults.add({ server: 'registry', action });
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), TooManyRequests);
    assert.is(error.retryAfterSeconds, 45);
  });

  it('keeps its connections through refusals and errors', async () => {
    const sockets = new Set<unknown>();
    const server = await serve((request, response) => {
      sockets.add(request.socket);
      response.writeHead(request.url === '/v2/' ? 200 : 500).end('x'.repeat(10_000));
    });
    const { open } = await bed();
    const upstream = open({ url: server.url });
    for (let times = 0; times < 5; times++) {
      await rejects(upstream.fetchManifest(ALPINE, DIGEST), UpstreamFailure);
    }
    // undici opens a second one while the first is about to be free.
    assert.ok(sockets.size <= 2);
  });
});

testSuite('a registry upstream', (it) => {
  const bed = hubBeds(it);

  it('tells where it is without secrets', async () => {
    const url = new URL('https://ann:hunter2@registry.example/a?key=k#f');
    const upstream = new RegistryUpstream({ ...COMMON, url });
    assert.is(upstream.location, 'https://registry.example/a');
    await upstream.close();
  });

  it('gives up what runs when it is closed, and begins nothing more', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'manifest-head', action: { type: 'hang' } });
    const failing = rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    await hub.arrivals.reached('manifest-head');
    await upstream.close();
    await failing;
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamUnreachable);
    await upstream.close();
  });
});
