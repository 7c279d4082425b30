import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Authority, makeCertificate } from '../../support/certificates.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const directory = mkdtempSync(join(tmpdir(), 'kagami-protection-'));

function write(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const authority = new Authority();
const { certificate, key } = authority.issue('a mirror');
const CERTIFICATE = write('certificate.pem', certificate);
const KEY = write('key.pem', key);
const CA = write('ca.pem', authority.certificate);
const GARBAGE = write('garbage.pem', '-----BEGIN CERTIFICATE-----\nhunter2\n');
const OTHER_KEY = write('other.pem', makeCertificate({ name: 'another' }).key);
const MISSING = join(directory, 'missing.pem');
const HASH = `$2y$05$${'a'.repeat(53)}`;

function tls(settings: string): string {
  return file(`http: {tls: {${settings}}}`);
}

testSuite('HTTPS is configured', (it) => {
  it('with a certificate and its key', () => {
    const { config } = load(tls(`certificate: ${CERTIFICATE}, key: ${KEY}`));
    assert.equal(config.http.tls, {
      certificate: CERTIFICATE,
      key: KEY,
      clientCas: [],
      clientAuth: undefined,
      minimumVersion: 'TLSv1.2',
    });
  });

  it('with all there is, by variables', () => {
    const { config } = load(undefined, {
      REGISTRY_HTTP_TLS_CERTIFICATE: CERTIFICATE,
      REGISTRY_HTTP_TLS_KEY: KEY,
      REGISTRY_HTTP_TLS_CLIENTCAS: `[${CA}]`,
      REGISTRY_HTTP_TLS_CLIENTAUTH: 'verify-client-cert-if-given',
      REGISTRY_HTTP_TLS_MINIMUMTLS: 'tls1.3',
    });
    assert.equal(config.http.tls, {
      certificate: CERTIFICATE,
      key: KEY,
      clientCas: [CA],
      clientAuth: 'verify-client-cert-if-given',
      minimumVersion: 'TLSv1.3',
    });
  });

  it('or not at all', () => assert.is(load(tls('minimumtls: tls1.3')).config.http.tls, undefined));

  const FAULTS: readonly (readonly [string, readonly string[]])[] = [
    [
      `certificate: ${MISSING}, key: ${directory}`,
      [
        `http.tls.certificate names ${MISSING}, which cannot be read: no such file or directory`,
        `http.tls.key names ${directory}, which cannot be read: illegal operation on a directory`,
      ],
    ],
    [
      `certificate: ${GARBAGE}, key: ${GARBAGE}`,
      [
        `http.tls.certificate names ${GARBAGE}, which holds no certificate in PEM`,
        `http.tls.key names ${GARBAGE}, which holds no private key in PEM`,
      ],
    ],
    [
      `certificate: ${CERTIFICATE}, key: ${OTHER_KEY}`,
      [`http.tls.key names ${OTHER_KEY}, which is not the key of ${CERTIFICATE}`],
    ],
    [
      `certificate: ${CERTIFICATE}, key: ${KEY}, clientcas: [${CA}, ${MISSING}, ${KEY}]`,
      [
        `http.tls.clientcas.1 names ${MISSING}, which cannot be read: no such file or directory`,
        `http.tls.clientcas.2 names ${KEY}, which holds no certificate in PEM`,
      ],
    ],
    [
      `certificate: ${CERTIFICATE}, key: ${KEY}, clientauth: require-and-verify-client-cert`,
      ['http.tls.clientauth needs http.tls.clientcas, the CAs to verify certificates with'],
    ],
  ];
  for (const [settings, sentences] of FAULTS) {
    it(`and each mistake is told: ${sentences[0]?.replace(directory, '')}`, () => {
      const found = mistakes(tls(settings)).map((each) =>
        each.replace(/^config\.yml:\d+:\d+: /, ''),
      );
      assert.equal(found, sentences);
    });
  }
});

testSuite('passwords are configured', (it) => {
  // The last that needs it.
  it.after(() => rmSync(directory, { recursive: true }));

  it('with a file, and a realm that need not be named', () => {
    const path = write('htpasswd', `ann:${HASH}\n`);
    const { config, warnings } = load(file(`auth: {htpasswd: {path: ${path}}}`));
    assert.equal(config.auth, { kind: 'htpasswd', realm: 'kagami', path });
    assert.equal(
      warnings.filter((each) => each.includes('htpasswd')),
      [],
    );
    const named = load(undefined, {
      REGISTRY_AUTH: 'htpasswd',
      REGISTRY_AUTH_HTPASSWD_REALM: 'Registry Realm',
      REGISTRY_AUTH_HTPASSWD_PATH: path,
    });
    assert.equal(named.config.auth, { kind: 'htpasswd', realm: 'Registry Realm', path });
  });

  it('or not at all', () => {
    assert.equal(load(undefined).config.auth, { kind: 'none' });
    assert.equal(load(file('auth: none')).config.auth, { kind: 'none' });
  });

  it('and lines of no use are named, without what is in them', () => {
    const path = write('htpasswd', `ann:${HASH}\nbob:hunter2\nhunter3\n`);
    const warnings = load(file(`auth: {htpasswd: {path: ${path}}}`)).warnings;
    assert.ok(warnings.some((each) => each.startsWith(`${path}:2: the line has no bcrypt hash`)));
    assert.ok(warnings.some((each) => each.startsWith(`${path}:3: the line is not \`name:hash\``)));
    assert.not.match(warnings.join(), 'hunter');
  });

  it('and a file that lets nobody in is, too', () => {
    const path = write('htpasswd', '');
    const warnings = load(file(`auth: {htpasswd: {path: ${path}}}`)).warnings;
    assert.ok(warnings.includes(`${path} lets nobody in: no line of it has a bcrypt hash.`));
  });
});

const ACCOUNT = { REGISTRY_PROXY_USERNAME: 'ann', REGISTRY_PROXY_PASSWORD: 'hunter2' };

function warned(env: Record<string, string>): string | undefined {
  return load(undefined, env).warnings.find((each) => each.includes('private images'));
}

testSuite('the private images of an account', (it) => {
  it('are open to everyone: that is said, with the name and what to do', () => {
    const warning = warned(ACCOUNT) ?? '';
    assert.match(warning, 'can pull the private images of the account `ann`: ');
    assert.match(warning, 'auth.htpasswd');
    assert.match(warning, 'http.addr');
    assert.not.match(warning, 'hunter2');
    const more = { REGISTRY_PROXY_CREDENTIALS: '[{username: bob, password: hunter3}]' };
    assert.match(warned({ ...ACCOUNT, ...more }) ?? '', 'the accounts `ann`, `bob`: ');
  });

  const [CERT, PRIVATE] = ['REGISTRY_HTTP_TLS_CERTIFICATE', 'REGISTRY_HTTP_TLS_KEY'];
  const folder = mkdtempSync(join(tmpdir(), 'kagami-protection-'));
  it.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const TLS = { [CERT]: at('c', certificate), [PRIVATE]: at('k', key) };
  const CAS = { REGISTRY_HTTP_TLS_CLIENTCAS: `[${at('ca', authority.certificate)}]` };
  const PASSWORDS = { REGISTRY_AUTH_HTPASSWD_PATH: at('p', `ann:${HASH}`) };

  const OPEN: readonly (readonly [string, Record<string, string>])[] = [
    ['HTTPS alone', TLS],
    ['any client certificate', { ...TLS, REGISTRY_HTTP_TLS_CLIENTAUTH: 'require-any-client-cert' }],
    [
      'a client certificate if there is one',
      { ...TLS, ...CAS, REGISTRY_HTTP_TLS_CLIENTAUTH: 'verify-client-cert-if-given' },
    ],
    ['every address', { REGISTRY_HTTP_ADDR: '0.0.0.0:5000' }],
    ['one of a network', { REGISTRY_HTTP_ADDR: '10.0.0.7:5000' }],
    ['a name', { REGISTRY_HTTP_ADDR: 'mirror.example:5000' }],
  ];
  for (const [what, env] of OPEN) {
    it(`are open with ${what}`, () => assert.ok(warned({ ...ACCOUNT, ...env })));
  }

  const CLOSED: readonly (readonly [string, Record<string, string>])[] = [
    ['no account', { REGISTRY_PROXY_USERNAME: '', REGISTRY_PROXY_PASSWORD: '' }],
    ['passwords', PASSWORDS],
    ['client certificates', { ...TLS, ...CAS }],
    ['127.0.0.1', { REGISTRY_HTTP_ADDR: '127.0.0.1:5000' }],
    ['localhost', { REGISTRY_HTTP_ADDR: 'localhost:5000' }],
    ['::1', { REGISTRY_HTTP_ADDR: '"[::1]:5000"' }],
    ['a Unix socket', { REGISTRY_HTTP_NET: 'unix', REGISTRY_HTTP_ADDR: '/run/kagami.sock' }],
    ['a directory for upstream', { REGISTRY_PROXY_REMOTEURL: 'file:///images' }],
  ];
  for (const [what, env] of CLOSED) {
    it(`are not open with ${what}`, () => assert.is(warned({ ...ACCOUNT, ...env }), undefined));
  }
});
