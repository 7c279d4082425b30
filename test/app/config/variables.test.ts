import * as assert from 'uvu/assert';
import type { Config } from '../../../src/app/config/config.ts';
import type { Environment } from '../../../src/app/config/environment.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load } from './load.ts';

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
