import * as assert from 'uvu/assert';
import type { Config } from '../../../src/app/config/config.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load } from './load.ts';

type Row = readonly [
  sentence: string,
  yaml: string,
  read: (config: Config) => unknown,
  value: unknown,
];

const listen = (config: Config): unknown => config.http.listen;
const drain = (config: Config): unknown => config.http.drainTimeoutMs;
const log = ({ log: { level, formatter } }: Config): unknown => `${level} ${formatter}`;
const storage = (config: Config): unknown => config.storage;

const ROWS: readonly Row[] = [
  ['http.addr without host', 'http: {addr: ":5001"}', listen, { kind: 'tcp', port: 5001 }],
  ['http.addr with host', 'http: {addr: "[::1]:0"}', listen, { kind: 'tcp', host: '::1', port: 0 }],
  [
    'a unix socket',
    'http: {net: unix, addr: /run/k.sock}',
    listen,
    { kind: 'unix', path: '/run/k.sock' },
  ],
  ['http.net empty means tcp', 'http: {net: ""}', listen, { kind: 'tcp', port: 5000 }],
  ['http.draintimeout 0 is 0', 'http: {draintimeout: 0}', drain, 0],
  ['http.draintimeout 1m', 'http: {draintimeout: 1m}', drain, 60_000],
  ['http.draintimeout in nanoseconds', 'http: {draintimeout: 5000000000}', drain, 5000],
  ['http.prefix', 'http: {prefix: /a/b/}', (c) => c.http.prefix, '/a/b/'],
  ['http.headers', 'http: {headers: {X-A: [b, 1]}}', (c) => c.http.headers, { 'X-A': ['b', '1'] }],
  ['log.level in capitals', 'log: {level: DEBUG}', log, 'debug text'],
  ["logrus's trace", 'log: {level: trace}', log, 'debug text'],
  ["logrus's panic", 'log: {level: panic}', log, 'error text'],
  ["logrus's warning", 'log: {level: warning}', log, 'warn text'],
  ['loglevel is an old name', 'loglevel: error', log, 'error text'],
  ['log.level wins over loglevel', 'loglevel: error\nlog: {level: info}', log, 'info text'],
  ['log.formatter json', 'log: {formatter: json}', log, 'info json'],
  ['log.formatter logstash is json', 'log: {formatter: logstash}', log, 'info json'],
  [
    'log.fields keep their types',
    'log: {fields: {a: 1, b: x, c: [true]}}',
    (c) => c.log.fields,
    { a: 1, b: 'x', c: [true] },
  ],
  ['no access log', 'log: {accesslog: {disabled: true}}', (c) => c.log.accessLog, false],
  ['a boolean of YAML 1.1', 'log: {accesslog: {disabled: yes}}', (c) => c.log.accessLog, false],
  ['catalog.maxentries', 'catalog: {maxentries: 5}', (c) => c.catalog.pageLimit, 5],
  [
    'catalog.maxentries 0 is the default',
    'catalog: {maxentries: 0}',
    (c) => c.catalog.pageLimit,
    1000,
  ],
  ['tags.maxtags', 'tags: {maxtags: 7}', (c) => c.tags.pageLimit, 7],
  ['tags.maxtags -1 is the default', 'tags: {maxtags: -1}', (c) => c.tags.pageLimit, 1000],
  ['proxy.tags.timeout', 'proxy: {tags: {timeout: 1.5s}}', (c) => c.tags.timeoutMs, 1500],
  ['storage by name alone', 'storage: inmemory', storage, { driver: 'inmemory' }],
  ['a driver without parameters', 'storage:\n  inmemory:', storage, { driver: 'inmemory' }],
  [
    'a directory',
    'storage: {filesystem: {rootdirectory: /a}}',
    storage,
    { driver: 'filesystem', rootDirectory: '/a' },
  ],
  [
    'no directory',
    'storage: filesystem',
    storage,
    { driver: 'filesystem', rootDirectory: '/var/lib/registry' },
  ],
  ['x- keys hold anchors', 'x-a: &a {level: debug}\nlog: *a', log, 'debug text'],
  [
    'merge keys',
    'x-a: &a {level: debug, formatter: json}\nlog: {<<: *a, level: error}',
    log,
    'error json',
  ],
];

testSuite('each setting becomes a value', (it) => {
  for (const [sentence, yaml, read, value] of ROWS) {
    it(sentence, () => assert.equal(read(load(file(yaml)).config), value));
  }

  it('credentials keep what YAML would take for numbers, and hide the password', () => {
    const { config } = load(file('proxy: {username: 007, password: 1e3}'));
    assert.is(config.upstream.credentials[0]?.username, '007');
    assert.is(config.upstream.credentials[0]?.password.reveal(), '1e3');
    assert.not.match(JSON.stringify(config), '1e3');
  });
});
