import * as assert from 'uvu/assert';
import { ConfigProblems, createMirror, image, type MirrorOptions } from '../../../src/app/index.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const APP = image('library/app:1.0');
const PLAIN = 'must be text, a number, a boolean, a list or a plain object';

class Credentials {
  readonly username = 'me';
}

function holdingItself(): unknown {
  const proxy: Record<string, unknown> = {};
  proxy['tags'] = proxy;
  return proxy;
}

/** Options as plain JavaScript may give them, and what is said of each. */
const ROWS: readonly (readonly [options: Record<string, unknown>, ...problems: string[]])[] = [
  [{ prxy: {} }, 'prxy is not a known key; did you mean `proxy`?'],
  [{ proxy: 'a' }, 'proxy must be a section, not a single value'],
  [
    { http: { draintimeout: 'soon' } },
    'http.draintimeout must be a duration of 0 or more, such as `90s`, `1h30m` or `500ms`, not "soon"',
  ],
  [{ proxy: { retries: -1 } }, 'proxy.retries must be 0 or more'],
  [{ proxy: { retries: 1.5 } }, 'proxy.retries must be a whole number, not "1.5"'],
  [{ proxy: { offline: 'perhaps' } }, 'proxy.offline must be `true` or `false`, not "perhaps"'],
  [
    { proxy: { username: 'me' } },
    'proxy.username is set without proxy.password; the upstream needs both or neither',
  ],
  [
    { proxy: { mirrors: [1] } },
    'proxy.mirrors.0 must begin with a scheme; did you mean `https://1`?',
  ],
  [{ proxy: { tags: { rules: [{}] } } }, 'proxy.tags.rules.0 needs a match'],
  [{ storage: 'disk' }, 'storage.disk is not a known key'],
  [
    { storage: { filesystem: {}, inmemory: {} } },
    'storage.inmemory is a second driver beside storage.filesystem (options); keep one',
  ],
  [{ http: { headers: { X: [() => 'a'] } } }, `http.headers.X.0 ${PLAIN}, not a function`],
  [
    { proxy: { credentials: [new Credentials()] } },
    `proxy.credentials.0 ${PLAIN}, not an object of a class`,
  ],
  [{ proxy: holdingItself() }, `proxy.tags ${PLAIN}, not one that holds itself`],
  [
    { upstream: 'nowhere' },
    'upstream must be a URL with its scheme, or a directory that exists, not "nowhere"',
  ],
  [
    { upstream: 'ftp://registry.example' },
    'upstream must be an http, https, file or module URL, not "ftp:"',
  ],
  [
    { upstream: 'https://me:secret@registry.example' },
    'upstream must not hold a user name or password; set proxy.username and proxy.password instead',
  ],
  [{ upstream: 5 }, 'upstream must be a URL, the path of a directory or a list of images'],
  [{ upstream: [APP, 'b'] }, 'upstream.1 must be an image that image() made'],
  [
    { upstream: [APP], proxy: { remoteurl: 'https://registry.example' } },
    'proxy.remoteurl is given beside upstream; keep one',
  ],
  [{ port: 65_536 }, 'port must be a whole number from 0 to 65535'],
  [{ port: 5000, http: { addr: ':5000' } }, 'http.addr is given beside port; keep one'],
  [{ listen: 'no' }, 'listen must be `true` or `false`'],
  [{ logTo: 'a.log' }, 'logTo must be a function that takes a line'],
  [
    { upstream: 'nowhere', port: -1, prxy: {}, log: { level: 'loud' } },
    'upstream must be a URL with its scheme, or a directory that exists, not "nowhere"',
    'port must be a whole number from 0 to 65535',
    'prxy is not a known key; did you mean `proxy`?',
    'log.level must be one of `error`, `warn`, `info`, `debug`, not "loud"',
  ],
];

testSuite('wrong options of an embedded mirror are named, all at once', (it) => {
  for (const [options, ...problems] of ROWS) {
    it(problems.join('; '), async () => {
      const error = await rejects(createMirror(options as MirrorOptions), ConfigProblems);
      assert.equal(
        error.problems.map(({ message }) => message),
        problems.map((problem) => `options: ${problem}`),
      );
      assert.is(error.code, 'CONFIG_INVALID');
      for (const { key } of error.problems) assert.type(key, 'string');
    });
  }

  it('a file and variables are not looked at', async () => {
    process.env['REGISTRY_PROXY_REMOTEURL'] = 'nonsense';
    process.env['REGISTRY_CONFIGURATION_PATH'] = '/nowhere/config.yml';
    try {
      await (await createMirror({ upstream: [APP] })).close();
    } finally {
      delete process.env['REGISTRY_PROXY_REMOTEURL'];
      delete process.env['REGISTRY_CONFIGURATION_PATH'];
    }
  });
});
