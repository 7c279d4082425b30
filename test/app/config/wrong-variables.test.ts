import * as assert from 'uvu/assert';
import type { Environment } from '../../../src/app/config/environment.ts';
import { testSuite } from '../../support/suite.ts';
import { file, mistakes } from './load.ts';

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
      'REGISTRY_STORAGE_INMEMORY: storage.inmemory is a second driver beside storage.filesystem (REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY); keep one',
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
    assert.equal(
      mistakes(file('storage: {filesystem: {rootdirectory: /a}}'), {
        REGISTRY_STORAGE_INMEMORY: '',
      }),
      [
        'REGISTRY_STORAGE_INMEMORY: storage.inmemory is a second driver beside storage.filesystem (config.yml:2:11); keep one',
      ],
    );
  });

  it('a list where the file has a section is the mistake of the file', () => {
    assert.equal(mistakes(file('http: [a]'), { REGISTRY_HTTP_ADDR: ':1' }), [
      'config.yml:2:7: http must be a section, not a list',
    ]);
  });
});
