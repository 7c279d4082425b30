import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { CredentialsRejected, NameUnknown } from '../../../../src/domain/errors.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { hubBeds, IMAGE } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, repository, tag } from './words.ts';

const GOOD = { username: 'ann', password: () => 'päss:word' };
const BAD = { username: 'ann', password: () => 'guessed-hunter2' };
const PRIVATE = repository('ann/private');

testSuite('a user name and a password', (it) => {
  const bed = hubBeds(it);

  it('open a private repository', async () => {
    const { hub, upstream, open } = await bed();
    hub.addUser('ann', GOOD.password());
    hub.push('ann/private', IMAGE, { tags: ['1'] });
    hub.makePrivate('ann/private', 'ann');
    await rejects(upstream.resolve(PRIVATE, tag('1')), NameUnknown);
    const { digest } = await open({ credentials: [GOOD] }).resolve(PRIVATE, tag('1'));
    assert.is(digest, IMAGE.manifest.digest);
  });

  it('are shown to the token service and to nobody else', async () => {
    const { hub, open } = await bed();
    hub.addUser('ann', GOOD.password());
    await open({ credentials: [GOOD] }).resolve(ALPINE, tag('3.20'));
    const shown = hub.arrivals.all().map(({ kind, headers }) => {
      return [kind, headers.authorization?.split(' ')[0]];
    });
    assert.equal(shown, [
      ['challenge', undefined],
      ['token', 'Basic'],
      ['manifest-head', 'Bearer'],
    ]);
  });

  it('are not tried again for a minute after they were rejected, then for two', async () => {
    const { hub, clock, open } = await bed();
    hub.addUser('ann', GOOD.password());
    const upstream = open({ credentials: [BAD] });
    const tried = async (): Promise<number> => {
      await rejects(upstream.resolve(ALPINE, tag('3.20')), CredentialsRejected);
      return hub.arrivals.count('token');
    };
    assert.is(await tried(), 1);
    clock.advance(59_999);
    assert.is(await tried(), 1);
    clock.advance(1);
    assert.is(await tried(), 2);
    clock.advance(119_999);
    assert.is(await tried(), 2);
    clock.advance(1);
    assert.is(await tried(), 3);
  });

  it('are tried by one request first, whatever the number of repositories', async () => {
    const { hub, open } = await bed();
    hub.addUser('ann', GOOD.password());
    const upstream = open({ credentials: [BAD] });
    const names = Array.from({ length: 20 }, (_, at) => repository(`ann/r${at}`));
    const asked = names.map((name) =>
      rejects(upstream.resolve(name, tag('1')), CredentialsRejected),
    );
    await Promise.all(asked);
    assert.is(hub.arrivals.count('token'), 1);
  });

  it('are tried again, and by one request first, once they were right', async () => {
    const { hub, open } = await bed();
    hub.addUser('ann', GOOD.password());
    const upstream = open({ credentials: [GOOD] });
    await upstream.resolve(ALPINE, tag('3.20'));
    hub.addUser('ann', 'changed');
    await rejects(upstream.resolve(repository('ann/a'), tag('1')), CredentialsRejected);
    await rejects(upstream.resolve(repository('ann/b'), tag('1')), CredentialsRejected);
    assert.is(hub.arrivals.count('token'), 2);
  });

  it('are in no error', async () => {
    const { hub, open } = await bed();
    hub.addUser('ann', GOOD.password());
    const failing = open({ credentials: [BAD] }).resolve(ALPINE, tag('3.20'));
    const error = await rejects(failing, CredentialsRejected);
    assert.match(error.message, new URL(hub.authUrl).host);
    assert.not.match(inspect(error), 'hunter2');
  });

  it('are not sent to a token service of somebody else, which is said once', async () => {
    const { hub, warnings, open } = await bed();
    hub.addUser('ann', GOOD.password());
    const { port } = new URL(hub.url);
    const url = new URL(`http://localhost:${port}`);
    const upstream = open({ url, credentials: [GOOD] });
    await upstream.resolve(ALPINE, tag('3.20'));
    await rejects(upstream.resolve(repository('ann/a'), tag('1')), NameUnknown);
    const shown = hub.arrivals.of('token').map(({ headers }) => headers.authorization);
    assert.equal(shown, [undefined, undefined]);
    assert.is(warnings.length, 1);
    assert.match(warnings[0] ?? '', hub.authUrl);
  });
});

testSuite('a registry that wants Basic', (it) => {
  const bed = hubBeds(it);
  const serve = scriptedServers(it);
  const challenge = { 'www-authenticate': 'Basic realm="registry"' };
  const header = `Basic ${Buffer.from(`ann:${GOOD.password()}`).toString('base64')}`;
  const HEADERS = {
    'content-type': IMAGE.manifest.mediaType,
    'content-length': IMAGE.manifest.bytes.length,
    'docker-content-digest': IMAGE.manifest.digest,
  };
  const registry = () =>
    serve((request, response) => {
      if (request.headers.authorization === header) response.writeHead(200, HEADERS).end();
      else response.writeHead(401, challenge).end();
    });

  it('gets user name and password with each request', async () => {
    const { open } = await bed();
    const server = await registry();
    const upstream = open({ url: server.url, credentials: [GOOD] });
    await upstream.resolve(ALPINE, tag('1'));
    await upstream.resolve(ALPINE, tag('1'));
    assert.equal(
      server.requests.map(({ headers }) => headers.authorization),
      [undefined, header, header],
    );
  });

  it('rejects them once', async () => {
    const { clock, open } = await bed();
    const server = await registry();
    const upstream = open({ url: server.url, credentials: [BAD] });
    await rejects(upstream.resolve(ALPINE, tag('1')), CredentialsRejected);
    await rejects(upstream.resolve(ALPINE, tag('1')), CredentialsRejected);
    assert.is(server.requests.length, 2);
    clock.advance(60_000);
    await rejects(upstream.resolve(ALPINE, tag('1')), CredentialsRejected);
    assert.is(server.requests.length, 3);
  });

  it('is not asked without', async () => {
    const { open } = await bed();
    const server = await registry();
    const upstream = open({ url: server.url });
    await rejects(upstream.resolve(ALPINE, tag('1')), CredentialsRejected);
    await rejects(upstream.resolve(ALPINE, tag('1')), CredentialsRejected);
    assert.is(server.requests.length, 1);
  });
});
