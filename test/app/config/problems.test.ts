import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

/** Each row is a file below its first line and what is said about it, without `config.yml:`. */
const ROWS: readonly (readonly [yaml: string, problem: string])[] = [
  ['prxy: {}', '2:1: prxy is not a known key; did you mean `proxy`?'],
  [
    'proxy:\n  remoteurll: a',
    '3:3: proxy.remoteurll is not a known key; did you mean `proxy.remoteurl`?',
  ],
  ['remoteurl: a', '2:1: remoteurl is not a known key; did you mean `proxy.remoteurl`?'],
  ['proxy: {addr: ":1"}', '2:9: proxy.addr is not a known key'],
  ['http: {addrs: ":1"}', '2:8: http.addrs is not a known key; did you mean `http.addr`?'],
  ['constructor: 1', '2:1: constructor is not a known key'],
  ['__proto__: {a: b}', '2:1: __proto__ is not a known key'],
  ['health: {file: [{pth: /a}]}', '2:18: health.file.0.pth is not a known key'],
  [
    'health: {file: [{fil: /a}]}',
    '2:18: health.file.0.fil is not a known key; did you mean `health.file.0.file`?',
  ],
  ['proxy: https://a.example', '2:8: proxy must be a section, not a single value'],
  ['proxy: [a]', '2:8: proxy must be a section, not a list'],
  ['http: {headers: {X: a}}', '2:21: http.headers.X must be a list, not a single value'],
  ['http: {headers: [a]}', '2:17: http.headers must be a section, not a list'],
  ['http: {addr: {a: b}}', '2:14: http.addr must be text, not a section'],
  [
    'http: {addr: 5000}',
    '2:14: http.addr must be an address such as `:5000`, `127.0.0.1:5000` or `[::1]:5000`, not "5000"',
  ],
  ['http: {net: udp}', '2:13: http.net must be one of `tcp`, `unix`, not "udp"'],
  ['http: {net: unix}', '2:13: http.net is `unix`, so http.addr must be a path'],
  [
    'http: {prefix: mirror}',
    '2:16: http.prefix must start and end with a slash, such as `/mirror/`, not "mirror"',
  ],
  [
    'http: {prefix: /mirror}',
    '2:16: http.prefix must start and end with a slash, such as `/mirror/`, not "/mirror"',
  ],
  [
    'http: {draintimeout: soon}',
    '2:22: http.draintimeout must be a duration of 0 or more, such as `90s`, `1h30m` or `500ms`, not "soon"',
  ],
  [
    'http: {draintimeout: -1s}',
    '2:22: http.draintimeout must be a duration of 0 or more, such as `90s`, `1h30m` or `500ms`, not "-1s"',
  ],
  ['http: {headers: {"a b": [c]}}', '2:17: http.headers "a b" is not a header that HTTP can carry'],
  ['http: {headers: {X: ["a\\nb"]}}', '2:17: http.headers "X" is not a header that HTTP can carry'],
  [
    'http: {headers: {Content-Length: ["5"]}}',
    '2:17: http.headers "Content-Length" differs from answer to answer and cannot be set here',
  ],
  [
    'log: {level: loud}',
    '2:14: log.level must be one of `error`, `warn`, `info`, `debug`, not "loud"',
  ],
  ['loglevel: loud', '2:11: loglevel must be one of `error`, `warn`, `info`, `debug`, not "loud"'],
  [
    'log: {formatter: xml}',
    '2:18: log.formatter must be one of `text`, `json`, `logstash`, not "xml"',
  ],
  [
    'log: {accesslog: {disabled: 1}}',
    '2:29: log.accesslog.disabled must be `true` or `false`, not "1"',
  ],
  ['catalog: {maxentries: many}', '2:23: catalog.maxentries must be a whole number, not "many"'],
  ['catalog: {maxentries: 1.5}', '2:23: catalog.maxentries must be a whole number, not "1.5"'],
  [
    'tags: {maxtags: 99999999999999999999}',
    '2:17: tags.maxtags must be a whole number, not "99999999999999999999"',
  ],
  [
    'proxy: {remoteurl: registry-1.docker.io}',
    '2:20: proxy.remoteurl must begin with a scheme; did you mean `https://registry-1.docker.io`?',
  ],
  [
    'proxy: {ttl: week}',
    '2:14: proxy.ttl must be a duration such as `90s`, `1h30m` or `500ms`, not "week"',
  ],
  [
    'proxy: {username: me}',
    '2:19: proxy.username is set without proxy.password; the upstream needs both or neither',
  ],
  [
    'proxy: {password: pw}',
    '2:19: proxy.password is set without proxy.username; the upstream needs both or neither',
  ],
  [
    'storage: {filesystem: {rootdir: /a}}',
    '2:24: storage.filesystem.rootdir is not a known key; did you mean `storage.filesystem.rootdirectory`?',
  ],
  [
    'storage: {filesystm: {}}',
    '2:11: storage.filesystm is not a known key; did you mean `storage.filesystem`?',
  ],
  [
    'storage:\n  filesystem: {}\n  inmemory:',
    '4:3: storage.inmemory is a second driver beside storage.filesystem (config.yml:3:3); keep one',
  ],
  [
    'storage: {gcs: {bucket: a}}',
    '2:11: storage driver `gcs` is not available; Kagami has filesystem, s3 and inmemory',
  ],
  [
    'storage:\n  azure:',
    '3:3: storage driver `azure` is not available; Kagami has filesystem, s3 and inmemory',
  ],
  [
    'storage: {swift: {anything: at all}}',
    '2:11: storage driver `swift` is not available; Kagami has filesystem, s3 and inmemory',
  ],
  [
    'auth: {htpasswd: {realm: a, path: /nowhere/b}}',
    '2:35: auth.htpasswd.path names /nowhere/b, which cannot be read: there is no such file; make it with `htpasswd -cB /nowhere/b NAME`',
  ],
  ['auth: htpasswd', '2:7: auth.htpasswd needs a path, that of the password file'],
  ['auth: {htpasswd: {path: [a]}}', '2:25: auth.htpasswd.path must be text, not a list'],
  [
    'auth:\n  none:\n  htpasswd: {path: /dev/null}',
    '4:3: auth.htpasswd is a second kind beside auth.none (config.yml:3:3); keep one',
  ],
  [
    'auth: {htpasswd: {path: /dev/null, realm: "a\\nb"}}',
    '2:43: auth.htpasswd.realm must be printable ASCII, not "a\\nb"',
  ],
  [
    'auth:\n  token:',
    '3:3: auth.token is not supported yet; refusing to start without the protection it asks for',
  ],
  ['auth: {ldap: {}}', '2:8: auth.ldap is not a known key'],
  [
    'http: {tls: {certificate: /a}}',
    '2:27: http.tls.certificate is set without http.tls.key, which HTTPS needs',
  ],
  [
    'http: {tls: {key: /a}}',
    '2:19: http.tls.key is set without http.tls.certificate, which HTTPS needs',
  ],
  [
    'http: {tls: {clientcas: [/a]}}',
    '2:25: http.tls.clientcas is set without http.tls.certificate and http.tls.key, which HTTPS needs',
  ],
  [
    'http: {tls: {letsencrypt: {hosts: [a]}}}',
    '2:14: http.tls.letsencrypt is not supported yet; refusing to start without the protection it asks for',
  ],
  [
    'http: {tls: {ciphersuites: [a]}}',
    '2:14: http.tls.ciphersuites is not supported yet; refusing to start without the protection it asks for',
  ],
  [
    'http: {tls: {minimumtls: tls1.0}}',
    '2:26: http.tls.minimumtls must be one of `tls1.2`, `tls1.3`, not "tls1.0"',
  ],
  [
    'http: {trustedproxies: [10.0.0.0/99]}',
    '2:25: http.trustedproxies.0 must be such as `10.0.0.7`, `10.0.0.0/8` or `unix:`, not "10.0.0.0/99"',
  ],
  [
    'http: {accel: {xaccelredirect: /blobs/}}',
    '2:32: http.accel.xaccelredirect needs http.trustedproxies, for nobody else is answered so',
  ],
  [
    'http: {accel: {xsendfile: true}}',
    '2:27: http.accel.xsendfile needs http.trustedproxies, for nobody else is answered so',
  ],
  ...['blobs', '/', '//', '/a b/', '/ü/', '/a/?b/', '/a%20b/', '/a/../b/'].map(
    (prefix) =>
      [
        `http: {trustedproxies: ["unix:"], accel: {xaccelredirect: "${prefix}"}}`,
        `2:59: http.accel.xaccelredirect must be a path that starts and ends with a slash, such as \`/kagami-blobs/\`, not "${prefix}"`,
      ] as const,
  ),
  [
    'http: {trustedproxies: ["unix:"], accel: {xaccelredirect: /a/, xsendfile: true}}',
    '2:75: http.accel.xsendfile is a second way beside http.accel.xaccelredirect; keep one',
  ],
  [
    'storage: {filesystem: {rootdirectory: /50%/a}}\nhttp: {trustedproxies: ["unix:"], accel: {xsendfile: true}}',
    '3:54: http.accel.xsendfile needs a storage directory of letters, digits and plain signs, which all proxies read alike, not "/50%/a"',
  ],
  [
    'http: {host: mirror.example}',
    '2:14: http.host must be a URL such as `https://mirror.example`, not "mirror.example"',
  ],
  [
    'http: {tls: {certifcate: /a}}',
    '2:14: http.tls.certifcate is not a known key; did you mean `http.tls.certificate`?',
  ],
  ['log:\n  level: info\n  level: debug', '4:3: level is given twice, first at config.yml:3:3'],
  ['http:\n\taddr: ":1"', '3:1: not valid YAML: YAML is indented with spaces, not with tabs'],
];

testSuite('each mistake is one sentence with key, place and what was meant', (it) => {
  for (const [yaml, problem] of ROWS) {
    it(JSON.stringify(yaml), () => assert.equal(mistakes(file(yaml)), [`config.yml:${problem}`]));
  }

  it('all mistakes are told at once, in the order of the file, variables last', () => {
    const yaml = file('proxy:\n  remoteurl: a\nlogs: {}\nhttp:\n  net: udp\n  addr: x\n');
    const places = mistakes(yaml, { REGISTRY_LOG_LEVEL: 'x' }).map((each) => each.split(': ')[0]);
    assert.equal(places, [
      'config.yml:3:14',
      'config.yml:4:1',
      'config.yml:6:8',
      'config.yml:7:9',
      'REGISTRY_LOG_LEVEL',
    ]);
  });

  it('a long value is cut, and a line break shown as one', () => {
    const [problem = ''] = mistakes(file(`log: {level: "${'x'.repeat(500)}\\nfake line"}`));
    assert.ok(problem.length < 250);
    const [broken = ''] = mistakes(file('log: {level: "a\\nfake line"}'));
    assert.match(broken, String.raw`not "a\nfake line"`);
  });
});

const NO_PROBLEM = [
  'auth: none',
  'auth: {none: {}}',
  'auth:',
  'http: {tls: {}}',
  'http: {tls: {certificate: "", minimumtls: tls1.2}}',
  'storage:',
  'x-anything: {goes: here}',
] as const;

testSuite('what asks for nothing is no mistake', (it) => {
  for (const yaml of NO_PROBLEM) {
    it(yaml, () => assert.equal(mistakes(file(yaml)), []));
  }
});

const UPSTREAM = 'proxy: {remoteurl: "https://a.example"}\n';

const WARNED: readonly (readonly [yaml: string, warnings: readonly string[]])[] = [
  [
    'http: {draintimeout: 30}',
    [
      'http.draintimeout is 30 nanoseconds (config.yml:3:22), for a number without a unit counts nanoseconds; write `30s` for seconds.',
    ],
  ],
  [
    'storage: inmemory\nhttp: {trustedproxies: ["unix:"], accel: {xsendfile: true}}',
    ['http.accel.xsendfile has no effect with storage.inmemory, which has no files.'],
  ],
  [
    'storage: {verify: onread}\nhttp: {trustedproxies: ["unix:"], accel: {xaccelredirect: /a/}}',
    [
      'http.accel.xaccelredirect has no effect with storage.verify: onread, for the proxy verifies nothing.',
    ],
  ],
  ['http: {accel: {xaccelredirect: "", xsendfile: false}}', []],
  ['http: {relativeurls: true, http2: {disabled: true}}', []],
  ['storage: {inmemory: , maintenance: {readonly: {enabled: true}}}', []],
  ['storage: {inmemory: , cache: {blobdescriptor: inmemory}}', []],
  ['storage: {inmemory: , delete: {enabled: false}}', []],
  [
    'storage: {inmemory: , cache: {blobdescriptor: redis}, delete: {enabled: true}}',
    [
      'storage.delete.enabled has no effect without auth.htpasswd or client certificates.',
      'These settings are understood but have no effect in this version: storage.cache.blobdescriptor (config.yml:3:31).',
    ],
  ],
];

testSuite('what has no effect is named in one warning', (it) => {
  for (const [yaml, warnings] of WARNED) {
    it(yaml, () => assert.equal(load(file(UPSTREAM + yaml)).warnings, warnings));
  }
});
