import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Environment } from '../../../src/app/config/environment.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load } from './load.ts';

function printed(yaml: string | undefined, env: Environment = {}): string {
  return load(yaml, env).printed;
}

/** The printed line that holds this key. */
function line(text: string, key: string): string | undefined {
  const found = text.split('\n').find((each) => each.trim().startsWith(`${key}:`));
  return found?.trim();
}

const MIXED = `proxy:
  remoteurl: https://a.example
  username: 007
  password: hunter2
  cachewritetimeout: 24h
  credentials:
    - {username: b, password: hunter3}
http:
  headers: {X-A: [b, 1]}
  relativeurls: true
log:
  fields: {service: registry, count: 5, on: true}
  accesslog: {disabled: yes}
`;

testSuite('the configuration in force is printed', (it) => {
  it('with where each value came from', () => {
    const text = printed(file(MIXED), { REGISTRY_HTTP_ADDR: ':5001' });
    assert.is(line(text, 'remoteurl'), 'remoteurl: https://a.example # config.yml:3:14');
    assert.is(line(text, 'addr'), 'addr: :5001 # REGISTRY_HTTP_ADDR');
    assert.is(line(text, 'draintimeout'), 'draintimeout: 30s # default');
  });

  it('without its secrets', () => {
    const text = printed(file(MIXED));
    assert.is(line(text, 'password'), 'password: "[redacted]" # config.yml:5:13');
    assert.not.match(text, /hunter/);
  });

  it("with a module's options, which only that knows, left out", () => {
    const storage = "storage: {'module:@acme/kagami-gcs': {key: hunter2}}";
    const text = printed(
      file(`${storage}\nproxy: {remoteurl: 'module:b', options: {token: hunter3}}\n`),
    );
    assert.not.match(text, 'hunter');
    const { storage: kept, proxy } = parse(text);
    assert.is(kept['module:@acme/kagami-gcs'], '[redacted]');
    assert.is(proxy.options, '[redacted]');
  });

  it('as a file that says the same', () => {
    const one = load(file(MIXED), { REGISTRY_STORAGE: 'inmemory' });
    const again = load(one.printed);
    assert.is(JSON.stringify(again.config), JSON.stringify(one.config));
    assert.is(again.config.upstream.credentials[0]?.username, '007');
  });

  it('as such a file where nothing is configured', () => {
    const one = load(undefined);
    const again = load(one.printed);
    assert.is(JSON.stringify(again.config), JSON.stringify(one.config));
  });

  it('with the directory that is used where no storage is named', () => {
    const { storage } = parse(printed(undefined)) as { storage: unknown };
    const filesystem = { rootdirectory: '/var/lib/registry' };
    const redirect = { disable: false };
    assert.equal(storage, { filesystem, verify: 'never', redirect, delete: { enabled: false } });
  });

  it('with one driver, which may have no parameters', () => {
    assert.match(printed(undefined, { REGISTRY_STORAGE: 'inmemory' }), 'inmemory: {}');
    assert.not.match(printed(undefined, { REGISTRY_STORAGE: 'inmemory' }), 'filesystem');
  });

  it('with what has no effect marked, and no default of it', () => {
    const text = printed(file(MIXED));
    const said = 'cachewritetimeout: 24h # config.yml:6:22 (without effect)';
    assert.is(line(text, 'cachewritetimeout'), said);
    assert.not.match(text, 'prometheus');
    assert.not.match(text, 'redis');
  });

  it('with an old name in place of the new one, if that is what counts', () => {
    const text = printed(file('loglevel: error'));
    assert.is(line(text, 'loglevel'), 'loglevel: error # config.yml:2:11');
    assert.is(line(text, 'level'), undefined);
    assert.is(load(text).config.log.level, 'error');
  });

  it('with the password of a URL left out', () => {
    const text = printed(file('health: {http: [{uri: "http://me:hunter2@a.example/"}]}'));
    assert.match(text, 'http://[redacted]@a.example/');
  });
});
