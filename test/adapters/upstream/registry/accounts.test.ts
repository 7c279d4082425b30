import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import {
  CredentialsRejected,
  NameUnknown,
  TooManyRequests,
  UpstreamFailure,
} from '../../../../src/domain/errors.ts';
import type { Arrival } from '../../../support/hub/arrivals.ts';
import type { HubDouble, HubOptions } from '../../../support/hub/hub-double.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { type HubBed, hubBeds, IMAGE, MULTI } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, digestOf, repository, tag } from './words.ts';

const DIGEST = digestOf(MULTI.manifest);
const WINDOW_MS = 21_600_000;

function credentials(username: string, password = `${username}-hunter2`) {
  return { username, password: () => password };
}

const BOTH = [credentials('ann'), credentials('bob')];

/** Who was asked for in tokens, one after another. */
function shown(hub: HubDouble): string[] {
  return hub.arrivals.of('token').map(({ headers }) => {
    const encoded = headers.authorization?.replace('Basic ', '') ?? '';
    return Buffer.from(encoded, 'base64').toString().split(':')[0] ?? '';
  });
}

function isAnn({ headers }: Arrival): boolean {
  const encoded = Buffer.from('ann:ann-hunter2').toString('base64');
  return headers.authorization === `Basic ${encoded}`;
}

function remaining({ upstream }: HubBed): unknown[] {
  return upstream.allowances.map(({ account, allowance }) => [account, allowance?.remaining]);
}

testSuite('several accounts', (it) => {
  const beds = hubBeds(it);
  const serve = scriptedServers(it);

  async function bed(options: HubOptions = {}, logins = BOTH): Promise<HubBed> {
    const made = await beds(options);
    for (const { username, password } of BOTH) made.hub.addUser(username, password());
    return { ...made, upstream: made.open({ credentials: logins }) };
  }

  it('are used one after another, none beyond what it has left', async () => {
    const all = await bed({ rateLimit: 2 });
    const { hub, upstream } = all;
    for (let times = 0; times < 4; times++) await upstream.fetchManifest(ALPINE, DIGEST);
    assert.equal(shown(hub), ['ann', 'bob']);
    const statuses = hub.arrivals.of('manifest-get').map(({ status }) => status);
    assert.equal(statuses, [200, 200, 200, 200]);
    assert.equal(remaining(all), [
      ['ann', 0],
      ['bob', 0],
    ]);
  });

  it('are all tried before a pull is refused, and then none is', async () => {
    const { hub, clock, events, upstream } = await bed({ rateLimit: 1 });
    await upstream.fetchManifest(ALPINE, DIGEST);
    await upstream.fetchManifest(ALPINE, DIGEST);
    const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
    assert.is(error.retryAfterSeconds, 60);
    assert.is(hub.arrivals.count('manifest-get'), 4);
    clock.advance(10_000);
    const later = await rejects(upstream.fetchManifest(ALPINE, DIGEST), TooManyRequests);
    assert.is(later.retryAfterSeconds, 50);
    assert.is(hub.arrivals.count('manifest-get'), 4);
    const { host } = new URL(hub.url);
    assert.equal(events.all, [
      { type: 'rate-limited', host, account: 'ann', waitMs: 60_000 },
      { type: 'rate-limited', host, account: 'bob', waitMs: 60_000 },
    ]);
  });

  it('stand in within the very pull that is refused', async () => {
    const { hub, upstream } = await bed();
    const action = { type: 'status', status: 429 } as const;
    hub.faults.add({ server: 'registry', kind: 'manifest-get', times: 1, action });
    await upstream.fetchManifest(ALPINE, DIGEST);
    await upstream.fetchManifest(ALPINE, DIGEST);
    assert.is(hub.arrivals.count('manifest-get'), 3);
    assert.equal(shown(hub), ['ann', 'bob']);
  });

  it('leave HEADs to the first, which tell when it has pulls again', async () => {
    const all = await bed({ rateLimit: 2 });
    const { hub, upstream } = all;
    for (let times = 0; times < 3; times++) await upstream.fetchManifest(ALPINE, DIGEST);
    await upstream.resolve(ALPINE, tag('3.20'));
    assert.equal(remaining(all), [
      ['ann', 0],
      ['bob', 1],
    ]);
    hub.resetPullLimit();
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.fetchManifest(ALPINE, DIGEST);
    assert.equal(remaining(all), [
      ['ann', 1],
      ['bob', 1],
    ]);
  });

  it('go back to the first when its window is over', async () => {
    const all = await bed({ rateLimit: 2 });
    const { hub, clock, upstream } = all;
    for (let times = 0; times < 3; times++) await upstream.fetchManifest(ALPINE, DIGEST);
    hub.resetPullLimit();
    clock.advance(WINDOW_MS - 1);
    await upstream.fetchManifest(ALPINE, DIGEST);
    assert.equal(remaining(all), [
      ['ann', 0],
      ['bob', 1],
    ]);
    clock.advance(1);
    await upstream.fetchManifest(ALPINE, DIGEST);
    assert.equal(remaining(all), [
      ['ann', 1],
      ['bob', 1],
    ]);
  });

  it('stand in for one whose password is wrong, which is said once each time it is tried', async () => {
    const logins = [credentials('ann', 'guessed-hunter2'), credentials('bob')];
    const { hub, clock, events, upstream } = await bed({}, logins);
    const ask = (name: string): Promise<unknown> =>
      upstream.resolve(repository(name), tag('1')).catch(() => {});
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.fetchManifest(ALPINE, DIGEST);
    await Promise.all(['ann/a', 'ann/b', 'ann/c'].map(ask));
    assert.is(shown(hub).filter((name) => name === 'ann').length, 1);
    const told = { type: 'credentials-rejected', host: new URL(hub.authUrl).host, account: 'ann' };
    assert.equal(events.all, [told]);
    clock.advance(60_000);
    await Promise.all(['ann/d', 'ann/e'].map(ask));
    assert.equal(events.all, [told, told]);
    assert.not.match(inspect(events.all, { depth: 9 }), 'hunter2');
  });

  it('that are all wrong are CredentialsRejected', async () => {
    const logins = [credentials('ann', 'x'), credentials('bob', 'y')];
    const { hub, events, upstream } = await bed({}, logins);
    const error = await rejects(upstream.resolve(ALPINE, tag('3.20')), CredentialsRejected);
    assert.instance(error, UpstreamFailure);
    await rejects(upstream.fetchManifest(ALPINE, DIGEST), CredentialsRejected);
    assert.is(hub.arrivals.count('token'), 2);
    assert.equal(
      events.of('credentials-rejected').map(({ account }) => account),
      ['ann', 'bob'],
    );
  });

  it('are not used where the first says that there is nothing', async () => {
    const { hub, upstream } = await bed();
    await rejects(upstream.resolve(repository('ann/none'), tag('1')), NameUnknown);
    assert.equal(shown(hub), ['ann']);
  });

  it('that may not see what the first may do not say that it is not there', async () => {
    const { hub, upstream } = await bed({ rateLimit: 1 });
    hub.push('ann/private', IMAGE, { tags: ['1'] });
    hub.makePrivate('ann/private', 'ann');
    const name = repository('ann/private');
    const digest = digestOf(IMAGE.manifest);
    await upstream.fetchManifest(name, digest);
    // The first is spent, so the second is tried, and then the first all the same.
    await rejects(upstream.fetchManifest(name, digest), TooManyRequests);
    await rejects(upstream.fetchManifest(name, digest), TooManyRequests);
    assert.is((await upstream.resolve(name, tag('1'))).digest, digest);
  });

  it('that may not see what a rejected first may do not say it either', async () => {
    const logins = [credentials('ann', 'x'), credentials('bob')];
    const { hub, upstream } = await bed({}, logins);
    hub.push('ann/private', IMAGE, { tags: ['1'] });
    hub.makePrivate('ann/private', 'ann');
    const failing = upstream.resolve(repository('ann/private'), tag('1'));
    await rejects(failing, CredentialsRejected);
  });

  it('are used at a registry that wants Basic too', async () => {
    const header = `Basic ${Buffer.from('bob:bob-hunter2').toString('base64')}`;
    const { url, requests } = await serve((request, response) => {
      if (request.headers.authorization !== header) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
        return;
      }
      const { digest, mediaType, bytes } = IMAGE.manifest;
      response.setHeader('content-type', mediaType);
      response.setHeader('docker-content-digest', digest);
      response.writeHead(200, { 'content-length': bytes.length }).end();
    });
    const { open, events } = await bed();
    const upstream = open({ url, credentials: BOTH });
    await upstream.resolve(ALPINE, tag('1'));
    await upstream.resolve(ALPINE, tag('1'));
    assert.is(requests.length, 4);
    assert.equal(events.all, [{ type: 'credentials-rejected', host: url.host, account: 'ann' }]);
  });

  it('are locked out one by one', async () => {
    const { hub, clock, upstream } = await bed();
    const action = { type: 'status', status: 429, body: 'too many failed logins' } as const;
    hub.faults.add({ server: 'auth', match: isAnn, action });
    await upstream.resolve(ALPINE, tag('3.20'));
    await upstream.resolve(repository('ann/a'), tag('1')).catch(() => {});
    assert.equal(shown(hub), ['ann', 'bob', 'bob']);
    clock.advance(60_000);
    await upstream.resolve(repository('ann/b'), tag('1')).catch(() => {});
    assert.equal(shown(hub), ['ann', 'bob', 'bob', 'ann', 'bob']);
  });
});
