import * as assert from 'uvu/assert';
import type { Config } from '../../../src/app/config/config.ts';
import type { Environment } from '../../../src/app/config/environment.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

type Row = readonly [
  sentence: string,
  yaml: string | undefined,
  env: Environment,
  read: (config: Config) => unknown,
  value: unknown,
];

const host = (config: Config): unknown => config.upstream.url.host;
const storage = (config: Config): unknown => config.storage;
const headers = (config: Config): unknown => config.http.headers;
const fields = (config: Config): unknown => config.log.fields;
const port = ({ http: { listen } }: Config): unknown => listen.kind === 'tcp' && listen.port;
const drain = (config: Config): unknown => config.http.drainTimeoutMs;

const IN_DIRECTORY = 'storage: {filesystem: {rootdirectory: /a}}';

/** Numbers are those of the rules in the registry's `configuration/parser.go`, from the top down. */
const RULES: readonly Row[] = [
  ['a variable wins over the file', 'http: {addr: ":1"}', { REGISTRY_HTTP_ADDR: ':2' }, port, 2],
  ['a variable needs no file', undefined, { REGISTRY_HTTP_ADDR: ':2' }, port, 2],
  [
    '1: the shorter name is applied first',
    undefined,
    { REGISTRY_HTTP_ADDR: ':2', REGISTRY_HTTP: '{addr: ":3", draintimeout: 1s}' },
    port,
    2,
  ],
  [
    '1: and what it says besides stays',
    undefined,
    { REGISTRY_HTTP_ADDR: ':2', REGISTRY_HTTP: '{addr: ":3", draintimeout: 1s}' },
    drain,
    1000,
  ],
  [
    '1: the prefix is in upper case',
    undefined,
    { registry_http_addr: ':2', Registry_HTTP_ADDR: ':3' },
    port,
    5000,
  ],
  ['3: a field is named in upper case', undefined, { REGISTRY_http_addr: ':2' }, port, 5000],
  [
    '3: a whole struct replaces that of the file',
    'http: {addr: ":1"}',
    { REGISTRY_HTTP: '{draintimeout: 1s}' },
    port,
    5000,
  ],
  [
    '4: a map takes a key of the file in any case',
    'http: {headers: {X-A: [a]}}',
    { 'REGISTRY_HTTP_HEADERS_X-A': '[b]' },
    headers,
    { 'X-A': ['b'] },
  ],
  [
    '4: a new key is in lower case',
    'http: {headers: {X-A: [a]}}',
    { 'REGISTRY_HTTP_HEADERS_X-B': '[b]' },
    headers,
    { 'X-A': ['a'], 'x-b': ['b'] },
  ],
  [
    '4: deeper keys are made on the way',
    undefined,
    { REGISTRY_LOG_FIELDS_A_B: '1' },
    fields,
    { a: { b: 1 } },
  ],
  [
    '4: an empty value is rebuilt as a map',
    'log: {fields: {a: }}',
    { REGISTRY_LOG_FIELDS_A_B: '1' },
    fields,
    { a: { b: 1 } },
  ],
  [
    '5: a position in a list replaces it',
    'http: {headers: {X: [a, b]}}',
    { REGISTRY_HTTP_HEADERS_X_1: 'c' },
    headers,
    { X: ['a', 'c'] },
  ],
  [
    '5: the length appends',
    'http: {headers: {X: [a]}}',
    { REGISTRY_HTTP_HEADERS_X_1: 'b' },
    headers,
    { X: ['a', 'b'] },
  ],
  [
    '5: again and again',
    undefined,
    { REGISTRY_HTTP_HEADERS_X_0: 'a', REGISTRY_HTTP_HEADERS_X_1: 'b' },
    headers,
    { x: ['a', 'b'] },
  ],
  [
    '5: in a list of any values too',
    'log: {fields: {a: [1, 2]}}',
    { REGISTRY_LOG_FIELDS_A_0: '[3]' },
    fields,
    { a: [[3], 2] },
  ],
  [
    '6: a value is YAML: a list',
    undefined,
    { REGISTRY_HTTP_HEADERS_X: '[a, "b"]' },
    headers,
    { x: ['a', 'b'] },
  ],
  [
    '6: a value is YAML: a map',
    undefined,
    { REGISTRY_LOG_FIELDS: '{a: 5, b: "5", c: true}' },
    fields,
    { a: 5, b: '5', c: true },
  ],
  [
    '6: a value is YAML: a comment',
    undefined,
    { REGISTRY_PROXY_REMOTEURL: 'https://a.example # b' },
    host,
    'a.example',
  ],
  ['6: a quoted address', undefined, { REGISTRY_HTTP_ADDR: '"[::1]:7"' }, port, 7],
  [
    '6: an empty value takes back what the file says',
    'http: {addr: ":1"}',
    { REGISTRY_HTTP_ADDR: '' },
    port,
    5000,
  ],
  [
    '7: a section that the file leaves empty is made',
    'http:\nproxy:',
    { REGISTRY_HTTP_ADDR: ':2' },
    port,
    2,
  ],
  [
    '8: REGISTRY_STORAGE replaces the section',
    IN_DIRECTORY,
    { REGISTRY_STORAGE: 'inmemory' },
    storage,
    { driver: 'inmemory' },
  ],
  [
    '8: REGISTRY_STORAGE=filesystem does so too',
    IN_DIRECTORY,
    { REGISTRY_STORAGE: 'filesystem' },
    storage,
    { driver: 'filesystem', rootDirectory: '/var/lib/registry' },
  ],
  [
    '8: and its parameters come after it',
    IN_DIRECTORY,
    { REGISTRY_STORAGE: 'filesystem', REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/b' },
    storage,
    { driver: 'filesystem', rootDirectory: '/b' },
  ],
  [
    '8: a parameter alone keeps the driver',
    'storage: filesystem',
    { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/b' },
    storage,
    { driver: 'filesystem', rootDirectory: '/b' },
  ],
  [
    '8: storage in a map',
    undefined,
    { REGISTRY_STORAGE: '{filesystem: {rootdirectory: /c}}' },
    storage,
    { driver: 'filesystem', rootDirectory: '/c' },
  ],
];

testSuite("variables follow the registry's rule", (it) => {
  for (const [sentence, yaml, env, read, value] of RULES) {
    it(sentence, () => {
      const { config } = load(yaml === undefined ? undefined : file(yaml), env);
      assert.equal(read(config), value);
    });
  }
});

const UNKNOWN = 'These variables name no known setting and are ignored: ';

const IGNORED: readonly (readonly [sentence: string, env: Environment, list: string])[] = [
  ['an unknown section', { REGISTRY_STORE_PATH: 'a' }, 'REGISTRY_STORE_PATH'],
  [
    'an unknown field, with the nearest known',
    { REGISTRY_PROXY_REMOTURL: 'a' },
    'REGISTRY_PROXY_REMOTURL (did you mean `REGISTRY_PROXY_REMOTEURL`?)',
  ],
  [
    'an unknown parameter of a driver',
    { REGISTRY_STORAGE_FILESYSTEM_ROOTDIR: '/a' },
    'REGISTRY_STORAGE_FILESYSTEM_ROOTDIR (did you mean `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`?)',
  ],
  [
    'health.file by its YAML name',
    { REGISTRY_HEALTH_FILE_0_FILE: '/a' },
    'REGISTRY_HEALTH_FILE_0_FILE (did you mean `REGISTRY_HEALTH_FILECHECKERS`?)',
  ],
  [
    'a field below a value',
    { REGISTRY_HTTP_ADDR_PORT: '5' },
    'REGISTRY_HTTP_ADDR_PORT (did you mean `REGISTRY_HTTP_ADDR`?)',
  ],
  [
    'those that Kubernetes sets beside a service called registry, in one line',
    {
      REGISTRY_PORT: 'tcp://10.0.0.1:5000',
      REGISTRY_PORT_5000_TCP: 'tcp://10.0.0.1:5000',
      REGISTRY_PORT_5000_TCP_ADDR: '10.0.0.1',
      REGISTRY_SERVICE_HOST: '10.0.0.1',
      REGISTRY_SERVICE_PORT: '5000',
    },
    'REGISTRY_PORT, REGISTRY_PORT_5000_TCP, REGISTRY_PORT_5000_TCP_ADDR, REGISTRY_SERVICE_HOST, REGISTRY_SERVICE_PORT',
  ],
];

testSuite('a variable that names no setting is ignored, with a warning', (it) => {
  for (const [sentence, env, list] of IGNORED) {
    it(sentence, () => assert.equal(load(undefined, env).warnings, [`${UNKNOWN}${list}.`]));
  }

  it('other variables are none of our business', () => {
    const env = { HTTP_PROXY: 'a', OTEL_TRACES_EXPORTER: 'none', REGISTRYX: 'b', REGISTRY: 'c' };
    assert.equal(load(undefined, env).warnings, []);
  });

  it("a variable's Go name differs from the key for some", () => {
    const env = {
      REGISTRY_HEALTH_FILECHECKERS_0_FILE: '/a',
      REGISTRY_HEALTH_HTTPCHECKERS_0_URI: 'b',
      REGISTRY_HEALTH_TCPCHECKERS_0_ADDR: 'c',
      REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES: 'true',
      REGISTRY_REDIS_ADDRS: '[a]',
    };
    const list =
      'health.file (REGISTRY_HEALTH_FILECHECKERS_0_FILE), ' +
      'health.http (REGISTRY_HEALTH_HTTPCHECKERS_0_URI), ' +
      'health.tcp (REGISTRY_HEALTH_TCPCHECKERS_0_ADDR), redis (REGISTRY_REDIS_ADDRS), ' +
      'notifications (REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES)';
    assert.equal(load(undefined, env).warnings, [
      `These settings are understood but have no effect in this version: ${list}.`,
    ]);
  });
});

const WRONG: readonly (readonly [
  sentence: string,
  env: Environment,
  mistakes: readonly string[],
])[] = [
  [
    'a wrong type names the variable',
    { REGISTRY_LOG_ACCESSLOG_DISABLED: 'maybe' },
    [
      'REGISTRY_LOG_ACCESSLOG_DISABLED: log.accesslog.disabled must be `true` or `false`, not "maybe"',
    ],
  ],
  [
    'so does a list for a text',
    { REGISTRY_PROXY_REMOTEURL: '[a]' },
    [
      'REGISTRY_PROXY_REMOTEURL: proxy.remoteurl must be text, not a list; a variable is read as YAML, so quote a value that is not meant so',
    ],
  ],
  [
    'what is not YAML',
    { REGISTRY_HTTP_ADDR: '[::1]:5000' },
    ['REGISTRY_HTTP_ADDR: not valid YAML: unexpected token'],
  ],
  [
    'an unknown key in a value',
    { REGISTRY_HTTP: '{adr: a}' },
    ['REGISTRY_HTTP: http.adr is not a known key; did you mean `http.addr`?'],
  ],
  [
    'a position that leaves a gap',
    { REGISTRY_HTTP_HEADERS_X_1: 'a' },
    ['REGISTRY_HTTP_HEADERS_X_1: `1` counts the items of a list, so it must be 0'],
  ],
  [
    'a position that is none',
    { REGISTRY_HTTP_HEADERS_X: '[a]', REGISTRY_HTTP_HEADERS_X_A: 'a' },
    [
      'REGISTRY_HTTP_HEADERS_X_A: `A` counts the items of a list, so it must be a number from 0 to 1',
    ],
  ],
  [
    'two drivers by variables',
    { REGISTRY_STORAGE_INMEMORY: '{}', REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/a' },
    [
      'REGISTRY_STORAGE_INMEMORY: storage.inmemory is a second driver beside storage.filesystem (REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY); keep one, or set REGISTRY_STORAGE, which replaces both',
    ],
  ],
  [
    'an unknown driver',
    { REGISTRY_STORAGE: 'filesytem' },
    ['REGISTRY_STORAGE: storage.filesytem is not a known key; did you mean `storage.filesystem`?'],
  ],
  [
    'an unknown kind of authentication',
    { REGISTRY_AUTH_LDAP_URL: 'a' },
    ['REGISTRY_AUTH_LDAP_URL: auth.ldap is not a known key'],
  ],
];

testSuite('a mistake in a variable is a problem that names it', (it) => {
  for (const [sentence, env, expected] of WRONG) {
    it(sentence, () => assert.equal(mistakes(undefined, env), expected));
  }

  it('a driver beside that of the file names both places', () => {
    assert.equal(mistakes(file(IN_DIRECTORY), { REGISTRY_STORAGE_INMEMORY: '' }), [
      'REGISTRY_STORAGE_INMEMORY: storage.inmemory is a second driver beside storage.filesystem (config.yml:2:11); keep one, or set REGISTRY_STORAGE, which replaces both',
    ]);
  });

  it('a list where the file has a section is the mistake of the file', () => {
    assert.equal(mistakes(file('http: [a]'), { REGISTRY_HTTP_ADDR: ':1' }), [
      'config.yml:2:7: http must be a section, not a list',
    ]);
  });
});
