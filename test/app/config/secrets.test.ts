import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const SECRET = 'hunter2';

const secretKeys = CONFIGURATION_INDEX.fields.flatMap(({ key, field, variable }) =>
  field.kind === 'setting' && field.secret ? [{ key, variable }] : [],
);

/** A file with `value` at a dotted key, as YAML in one line. */
function fileWith(key: string, value: string): string {
  const parts = key.split('.');
  return file(
    `${parts.map((part) => `{${part}: `).join('')}${value}${'}'.repeat(parts.length)}`.slice(1, -1),
  );
}

/** Everything that is said about a configuration, whether it can be used or not. */
function said(yaml: string | undefined, env: Record<string, string> = {}): string {
  const problems = mistakes(yaml, env);
  if (problems.length > 0) return problems.join('\n');
  const { config, warnings, places, printed } = load(yaml, env);
  return [
    inspect(config, { depth: 20, showHidden: true }),
    JSON.stringify(config),
    ...warnings,
    printed,
    inspect(places),
  ].join('\n');
}

/** As it is meant, of a wrong type, and not even YAML. */
const VALUES = [
  SECRET,
  `[${SECRET}]`,
  `{${SECRET}: ${SECRET}}`,
  `"${SECRET}`,
  `@${SECRET}`,
  `${SECRET}: x: y`,
];

testSuite('a secret is in no message and in no printed configuration', (it) => {
  it('the secrets are those that one expects', () => {
    const keys = secretKeys.map(({ key }) => key);
    for (const key of ['proxy.password', 'http.secret', 'storage.s3.secretkey', 'redis.password']) {
      assert.ok(keys.includes(key), key);
    }
  });

  for (const { key, variable } of secretKeys) {
    it(`${key} by file`, () => {
      for (const value of VALUES) assert.not.match(said(fileWith(key, value)), SECRET, value);
    });

    if (variable !== undefined) {
      it(`${key} by variable`, () => {
        for (const value of VALUES) {
          assert.not.match(said(undefined, { [variable]: value }), SECRET, value);
        }
      });
    }
  }

  const ELSEWHERE = [
    [`proxy: {remoteurl: "https://me:${SECRET}@a.example"}`, {}],
    [`proxy: {remoteurl: "me:${SECRET}@a.example"}`, {}],
    [`proxy: {remoteurl: "https://me:${SECRET}@a.example:port"}`, {}],
    [`proxy: {remoteurl: "https://a.example/?token=${SECRET}"}`, {}],
    [`proxy: {passwort: ${SECRET}}`, {}],
    [`proxy: {mirrors: ["https://me:${SECRET}@a.example"]}`, {}],
    [`proxy: {mirrors: ["https://a.example/?token=${SECRET}"]}`, {}],
    [`proxy: {credentials: ${SECRET}}`, {}],
    [`proxy: {credentials: [${SECRET}]}`, {}],
    [`proxy: {credentials: {username: me, password: ${SECRET}}}`, {}],
    ...VALUES.map(
      (value) => [`proxy: {credentials: [{username: me, password: ${value}}]}`, {}] as const,
    ),
    ...VALUES.map((value) => [`proxy: {credentials: [{password: ${value}}]}`, {}] as const),
    [`proxy: ${SECRET}`, {}],
    [`redis: ${SECRET}`, {}],
    [`http: {addr: "me:${SECRET}@a:1"}`, {}],
    [`auth: {htpasswd: ${SECRET}}`, {}],
    ['', { REGISTRY_PROXY_PASWORD: SECRET }],
    ['', { REGISTRY_PROXY: `{username: me, password: ${SECRET}` }],
    ['', { REGISTRY_PROXY: `{username: me, pasword: ${SECRET}}` }],
    ['', { REGISTRY_PROXY: SECRET }],
    ['', { REGISTRY_PROXY_CREDENTIALS: SECRET }],
    ['', { REGISTRY_PROXY_CREDENTIALS: `[{username: me, password: ${SECRET}}` }],
    ['', { REGISTRY_PROXY_CREDENTIALS_0: SECRET }],
    ['', { REGISTRY_PROXY_CREDENTIALS_0_PASSWORD: SECRET }],
    ['', { REGISTRY_PROXY_CREDENTIALS_1_PASSWORD: SECRET }],
    ['', { REGISTRY_PROXY_CREDENTIALS_0_PASWORD: SECRET }],
  ] as const;
  for (const [yaml, env] of ELSEWHERE) {
    it(`nor where it should not be: ${yaml}${JSON.stringify(env)}`, () => {
      assert.not.match(said(file(yaml), env), SECRET);
    });
  }
});
