import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { LoadOptions } from '../../../src/app/config/load-config.ts';
import { loadConfig } from '../../../src/app/config/load-config.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const directory = mkdtempSync(join(tmpdir(), 'kagami-config-'));

/** A file in the test's directory that mirrors `https://NAME.example`. */
function written(name: string): string {
  const path = join(directory, `${name}.yml`);
  writeFileSync(path, file(`proxy: {remoteurl: "https://${name}.example"}`));
  return path;
}

function mirrored(options: LoadOptions): string {
  return loadConfig({ candidates: [], ...options }).config.upstream.url.host;
}

function messageOf(options: LoadOptions): string {
  try {
    loadConfig({ candidates: [], ...options });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function storageOf(env: LoadOptions['env']): unknown {
  const options = { env: { HOME: '/me', ...env }, candidates: [], canWrite: () => false };
  return loadConfig(options).config.storage;
}

testSuite('the configuration comes from one file', (it) => {
  it.after(() => rmSync(directory, { recursive: true }));
  const [argument, variable, usual] = [written('argument'), written('variable'), written('usual')];
  const absent = join(directory, 'absent.yml');
  const named = { REGISTRY_CONFIGURATION_PATH: variable };

  it('the argument wins', () => {
    assert.is(mirrored({ path: argument, env: named, candidates: [usual] }), 'argument.example');
  });

  it('then REGISTRY_CONFIGURATION_PATH', () => {
    assert.is(mirrored({ env: named, candidates: [usual] }), 'variable.example');
  });

  it('then the first of the usual files that is there', () => {
    const env = { REGISTRY_CONFIGURATION_PATH: '' };
    assert.is(mirrored({ env, candidates: [absent, usual, argument] }), 'usual.example');
  });

  it('REGISTRY_CONFIGURATION_PATH causes no warning', () => {
    assert.equal(loadConfig({ env: named }).warnings, []);
  });

  it('the result names the file', () => {
    assert.is(loadConfig({ path: argument, env: {} }).source, argument);
    assert.is(loadConfig({ env: {}, candidates: [absent] }).source, undefined);
  });

  it('a named file that cannot be read is one plain problem', () => {
    const folder = join(directory, 'folder');
    mkdirSync(folder);
    const env = { REGISTRY_CONFIGURATION_PATH: absent };
    const because = 'as REGISTRY_CONFIGURATION_PATH names it: there is no such file';
    assert.is(messageOf({ env }), `${absent}: cannot be read, ${because}`);
    assert.is(
      messageOf({ path: absent, env: {} }),
      `${absent}: cannot be read: there is no such file`,
    );
    assert.is(messageOf({ path: folder, env: {} }), `${folder}: cannot be read: it is a directory`);
  });
});

const VERSIONS = [
  ['version: 0.1', []],
  ['version: "0.1"', []],
  ['version: 1.0', ['config.yml:1:10: version must be 0.1, not "1.0"']],
  ['version: 0.10', ['config.yml:1:10: version must be 0.1, not "0.10"']],
  ['version:', ['config.yml:1:1: version is missing; write `version: 0.1`']],
  ['', ['config.yml:1:1: version is missing; write `version: 0.1`']],
  ['# nothing', ['config.yml:1:1: version is missing; write `version: 0.1`']],
  ['log: {level: info}', ['config.yml:1:1: version is missing; write `version: 0.1`']],
  ['version: [0.1]', ['config.yml:1:10: version must be text, not a list']],
  ['- version: 0.1', ['config.yml:1:1: the file must hold a section, `key: value`']],
  ['version 0.1', ['config.yml:1:1: the file must hold a section, `key: value`']],
] as const;

testSuite('a file has version 0.1', (it) => {
  for (const [yaml, problems] of VERSIONS) {
    it(`${JSON.stringify(yaml)} is ${problems.length === 0 ? 'taken' : 'refused'}`, () => {
      assert.equal(mistakes(yaml), problems);
    });
  }

  it('what is not YAML is the only problem', () => {
    assert.equal(mistakes('proxy: [', { REGISTRY_PROXY_PASSWORD: 'a' }).length, 1);
  });

  it('variables alone need none', () => {
    assert.equal(mistakes(undefined, { REGISTRY_HTTP_ADDR: ':5001' }), []);
  });
});

testSuite('nothing needs to be configured', (it) => {
  it('without file and variables it mirrors Docker Hub on :5000', () => {
    const { config, warnings } = load(undefined);
    assert.is(config.upstream.url.href, 'https://registry-1.docker.io/');
    assert.equal(config.upstream.credentials, []);
    const { storage, http, log, catalog } = config;
    assert.equal(storage, { driver: 'filesystem', rootDirectory: '/var/lib/registry' });
    assert.equal(http.listen, { kind: 'tcp', port: 5000 });
    assert.is(http.prefix, '/');
    assert.equal(http.headers, {});
    assert.is(http.drainTimeoutMs, 30_000);
    assert.equal(log, { level: 'info', formatter: 'text', fields: {}, accessLog: true });
    assert.is(config.tags.timeoutMs, 3000);
    assert.is(config.tags.pageLimit, 1000);
    assert.equal(catalog, { pageLimit: 1000 });
    assert.equal(warnings, []);
  });

  it("the user's cache directory is used only where no storage is named", () => {
    const mine = { driver: 'filesystem', rootDirectory: '/me/.cache/kagami' };
    assert.equal(storageOf({}), mine);
    assert.equal(storageOf({ REGISTRY_HTTP_ADDR: ':1' }), mine);
    const registrys = { driver: 'filesystem', rootDirectory: '/var/lib/registry' };
    assert.equal(storageOf({ REGISTRY_STORAGE: 'filesystem' }), registrys);
    assert.equal(storageOf({ REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '' }), registrys);
  });

  it('a file without upstream mirrors Docker Hub, and is told so', () => {
    const { config, warnings } = load(file('proxy: {remoteurl: ""}'));
    assert.is(config.upstream.url.host, 'registry-1.docker.io');
    assert.equal(warnings, [
      'config.yml names no proxy.remoteurl; Kagami mirrors Docker Hub, https://registry-1.docker.io.',
    ]);
  });
});

testSuite('the result is safe to hand around', (it) => {
  it('it is frozen all the way down', () => {
    const { config } = load(file('http: {headers: {X: [a]}}\nlog: {fields: {a: {b: [c]}}}'));
    const frozen = [config, config.http.listen, config.http.headers['X'], config.log.fields['a']];
    for (const each of frozen) assert.ok(Object.isFrozen(each));
  });

  it('each value remembers where it came from', () => {
    const yaml = file('proxy:\n  remoteurl: https://a.example\nhttp:\n  addr:   :5001\n  net: tcp');
    const { places } = load(yaml, { REGISTRY_HTTP_NET: 'unix', REGISTRY_HTTP_HEADERS_X: '[a]' });
    assert.is(places['proxy.remoteurl'], 'config.yml:3:14');
    assert.is(places['http.addr'], 'config.yml:5:11');
    assert.is(places['http.net'], 'REGISTRY_HTTP_NET');
    assert.is(places['http.headers'], 'REGISTRY_HTTP_HEADERS_X');
    assert.is(places['http.draintimeout'], 'default');
    assert.is(places['storage.filesystem.rootdirectory'], 'default');
    assert.is(places['http'], undefined);
  });

  it('only the storage that is used has a place', () => {
    const { places } = load(undefined, { REGISTRY_STORAGE: 'inmemory' });
    assert.not.ok('storage.filesystem.rootdirectory' in places);
  });
});
