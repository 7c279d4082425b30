import * as assert from 'uvu/assert';
import { policyFor } from '../../../src/domain/freshness.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const ACCOUNTS = `proxy:
  username: first
  password: p1
  credentials:
    - {username: second, password: p2}
    - username: third
      password: p3
`;

const RULES = `proxy:
  tags:
    maxage: 1m
    staleiferror: 24h
    rules:
      - {match: 'library/*:*-slim', maxage: 10m, immutable: true}
      - {match: 'library/**', stalewhilerevalidate: 1h}
`;

/** Each row is a file below its first line and what is said about it, without `config.yml:`. */
const MISTAKES: readonly (readonly [yaml: string, problem: string])[] = [
  ['proxy: {credentials: [{username: a}]}', '2:23: proxy.credentials.0 needs a password'],
  ['proxy: {credentials: [{password: a}]}', '2:23: proxy.credentials.0 needs a username'],
  ['proxy: {credentials: hunter2}', '2:22: proxy.credentials must be a list, not a single value'],
  [
    'proxy: {credentials: [{user: a, username: b, password: c}]}',
    '2:24: proxy.credentials.0.user is not a known key; did you mean `proxy.credentials.0.username`?',
  ],
  [
    'proxy: {mirrors: ["file:///a"]}',
    '2:19: proxy.mirrors.0 must be an http or https URL, not "file:"',
  ],
  [
    'proxy: {mirrors: ["https://me:hunter2@a.example"]}',
    '2:19: proxy.mirrors.0 must not hold a user name or password; a mirror is asked without',
  ],
  [
    'proxy: {mirrors: ["https://a.example/?b"]}',
    '2:19: proxy.mirrors.0 must end with the path; a query or a fragment means nothing there',
  ],
  [
    'proxy:\n  mirrors:\n  - https://a.example\n  -\n  - ftp://a',
    '6:5: proxy.mirrors.2 must be an http or https URL, not "ftp:"',
  ],
  [
    'proxy: {credentials: [hunter2]}',
    '2:23: proxy.credentials.0 must be a section, not a single value',
  ],
  [
    'proxy: {credentials: [{username: a, password: [hunter2]}]}',
    '2:47: proxy.credentials.0.password must be text, not a list',
  ],
  [
    'proxy: {credentials: [{username: a, password: ""}]}',
    '2:23: proxy.credentials.0 needs a password',
  ],
  ['proxy: {tags: {rules: [{match: ""}]}}', '2:24: proxy.tags.rules.0 needs a match'],
  [
    'proxy: {tags: {rules: [{match: [a]}]}}',
    '2:32: proxy.tags.rules.0.match must be text, not a list',
  ],
  [
    'proxy: {tags: {rules: [{match: "a b"}]}}',
    '2:32: proxy.tags.rules.0.match must be a pattern such as `library/*:*-slim`, not "a b"',
  ],
  [
    'proxy:\n  tags:\n    rules:\n    - {match: a}\n    - maxage: 1s',
    '6:7: proxy.tags.rules.1 needs a match',
  ],
  [
    'proxy: {tags: {rules: [{match: */*}]}}',
    '2:32: not valid YAML: this alias names no anchor above it; a text that starts with `*` must be quoted',
  ],
  [
    'proxy: {stalltimeout: 0}',
    '2:23: proxy.stalltimeout must be a duration of `1ms` or more, such as `90s`, `1h30m` or `500ms`, not "0"',
  ],
  [
    'http: {limits: {headertimeout: 30}}',
    '2:32: http.limits.headertimeout must be a duration of `1ms` or more, such as `90s`, `1h30m` or `500ms`, not "30", which counts nanoseconds',
  ],
  [
    'proxy: {mirrors: [mirror.example]}',
    '2:19: proxy.mirrors.0 must begin with a scheme; did you mean `https://mirror.example`?',
  ],
  ['proxy: {retries: -1}', '2:18: proxy.retries must be 0 or more'],
  ['proxy: {parallel: 0}', '2:19: proxy.parallel must be from 1 to 16'],
  ['proxy: {parallel: 17}', '2:19: proxy.parallel must be from 1 to 16'],
  ['proxy: {tags: {rules: [{maxage: 1s}]}}', '2:24: proxy.tags.rules.0 needs a match'],
  [
    'proxy: {tags: {rules: [{match: "Library/*"}]}}',
    '2:32: proxy.tags.rules.0.match must be a pattern such as `library/*:*-slim`, not "Library/*"',
  ],
  [
    'proxy: {tags: {rules: [{match: a, maxage: soon}]}}',
    '2:43: proxy.tags.rules.0.maxage must be a duration of 0 or more, such as `90s`, `1h30m` or `500ms`, not "soon"',
  ],
  [
    'storage: {verify: always}',
    '2:19: storage.verify must be one of `never`, `onread`, not "always"',
  ],
  ['http: {limits: {transfers: 0}}', '2:28: http.limits.transfers must be from 1 to 10000'],
  [
    'http: {limits: {headerbytes: 9}}',
    '2:30: http.limits.headerbytes must be from 1024 to 1048576',
  ],
];

testSuite('the keys of a resilient mirror', (it) => {
  it('have defaults', () => {
    const { upstream, tags, http, verification } = load(undefined).config;
    const { url, ...rest } = upstream;
    assert.is(url.href, 'https://registry-1.docker.io/');
    assert.equal(rest, {
      credentials: [],
      mirrors: [],
      offline: false,
      stallTimeoutMs: 15_000,
      retries: 5,
      parallel: 1,
      negativeTtlMs: 10_000,
    });
    assert.equal(tags.rules, []);
    assert.is(tags.freshness.maxAgeMs, 0);
    assert.is(tags.freshness.staleIfErrorMs, Number.POSITIVE_INFINITY);
    assert.equal(http.limits, {
      headerBytes: 16_384,
      headerTimeoutMs: 20_000,
      idleTimeoutMs: 75_000,
      writeTimeoutMs: 300_000,
      connections: 10_000,
      transfers: 64,
    });
    assert.is(verification, 'never');
  });

  it('take several accounts, the one of the two old keys first', () => {
    const { credentials } = load(file(ACCOUNTS)).config.upstream;
    const shown = credentials.map(({ username, password }) => `${username} ${password.reveal()}`);
    assert.equal(shown, ['first p1', 'second p2', 'third p3']);
    assert.not.match(JSON.stringify(credentials), /p[123]/);
  });

  it('take accounts from variables', () => {
    const { credentials } = load(undefined, {
      REGISTRY_PROXY_CREDENTIALS_0_USERNAME: 'a',
      REGISTRY_PROXY_CREDENTIALS_0_PASSWORD: 'b',
      REGISTRY_PROXY_CREDENTIALS_1: '{username: c, password: d}',
    }).config.upstream;
    const shown = credentials.map(({ username, password }) => `${username} ${password.reveal()}`);
    assert.equal(shown, ['a b', 'c d']);
  });

  it('take mirrors in their order', () => {
    const yaml = file('proxy: {mirrors: ["https://a.example", "http://b.example:5000"]}');
    const hosts = load(yaml).config.upstream.mirrors.map(({ host }) => host);
    assert.equal(hosts, ['a.example', 'b.example:5000']);
  });

  it('make of rules policies that fill up from the default', () => {
    const { freshness, rules } = load(file(RULES)).config.tags;
    const policy = (repository: string, tag: string) =>
      policyFor(rules, freshness, parseRepositoryName(repository), parseTag(tag));
    assert.equal(policy('library/debian', '12-slim'), {
      maxAgeMs: 600_000,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 86_400_000,
      immutable: true,
    });
    assert.is(policy('library/debian', '12').staleWhileRevalidateMs, 3_600_000);
    assert.is(policy('grafana/grafana', 'latest').staleWhileRevalidateMs, 0);
    assert.is(policy('grafana/grafana', 'latest').maxAgeMs, 60_000);
  });

  it('keep storage.verify beside a storage that a variable chooses', () => {
    const { config } = load(undefined, {
      REGISTRY_STORAGE: 'inmemory',
      REGISTRY_STORAGE_VERIFY: 'onread',
    });
    assert.is(config.storage.driver, 'inmemory');
    assert.is(config.verification, 'onread');
  });

  it('keep storage.verify of a file that names no driver', () => {
    const { config } = load(file('storage: {verify: OnRead}'));
    assert.equal(config.storage, { driver: 'filesystem', rootDirectory: '/var/lib/registry' });
    assert.is(config.verification, 'onread');
  });

  it('warn once of accounts that a directory does not ask for', () => {
    const accounts = 'username: a, password: b, credentials: [{username: c, password: d}]';
    const { warnings } = load(file(`proxy: {remoteurl: "file:///images", ${accounts}}`));
    assert.equal(warnings, [
      'proxy.username and proxy.credentials have no effect on a file: upstream.',
    ]);
  });

  it("take the Hub's page for its registry, with a warning that names the key", () => {
    const { config, warnings } = load(undefined, { REGISTRY_PROXY_MIRRORS: '[http://docker.io]' });
    assert.is(config.upstream.mirrors[0]?.href, 'https://registry-1.docker.io/');
    assert.match(warnings.join(), /^proxy\.mirrors names docker\.io, which is not a registry/);
  });

  it('say how a variable holds a list', () => {
    assert.equal(mistakes(undefined, { REGISTRY_PROXY_MIRRORS: 'https://a.example' }), [
      'REGISTRY_PROXY_MIRRORS: proxy.mirrors must be a list, not a single value; a variable is read as YAML, so write `[a, b]`',
    ]);
  });

  it('take accounts from one variable, over those of the file', () => {
    const { credentials } = load(file('proxy: {credentials: [{username: a, password: b}]}'), {
      REGISTRY_PROXY_CREDENTIALS: '[{username: c, password: 007}]',
    }).config.upstream;
    const shown = credentials.map(({ username, password }) => `${username} ${password.reveal()}`);
    assert.equal(shown, ['c 007']);
  });

  it('wait for no longer than a timer can count, in whole milliseconds where Node asks for them', () => {
    const times = '{headertimeout: 1.5ms, idletimeout: 10000h, writetimeout: 597h}';
    const yaml = `proxy: {stalltimeout: 10000h, tags: {maxage: 10000h}}\nhttp: {draintimeout: 10000h, limits: ${times}}`;
    const { upstream, http, tags } = load(file(yaml)).config;
    const days24 = 24 * 86_400_000;
    assert.is(http.limits.headerTimeoutMs, 2);
    assert.is(http.limits.idleTimeoutMs, days24);
    assert.is(http.limits.writeTimeoutMs, days24);
    assert.is(http.drainTimeoutMs, days24);
    assert.is(upstream.stallTimeoutMs, days24);
    assert.is(tags.freshness.maxAgeMs, 36_000_000_000);
  });

  it('are frozen with the rest, and still usable', () => {
    const { upstream, tags } = load(file(`${RULES}  mirrors: [http://a.example]`)).config;
    const [mirror, rule] = [upstream.mirrors[0], tags.rules[0]];
    for (const each of [upstream.mirrors, mirror, tags.rules, rule, rule?.pattern, rule?.policy]) {
      assert.ok(Object.isFrozen(each));
    }
    assert.is(mirror?.host, 'a.example');
    const [repository, tag] = [parseRepositoryName('library/debian'), parseTag('12-slim')];
    assert.ok(rule?.pattern.matches(repository, tag));
  });

  for (const [yaml, problem] of MISTAKES) {
    it(`refuse ${yaml}`, () => assert.equal(mistakes(file(yaml)), [`config.yml:${problem}`]));
  }
});
