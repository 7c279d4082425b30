import { renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { hashSync } from 'bcrypt';
import * as assert from 'uvu/assert';
import { Authority } from '../support/certificates.ts';
import { launchMirror, type MirrorProcess, startMirror } from '../support/mirror-process.ts';
import { isQuietAbout } from '../support/quiet-about.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

/** A Hub that is not there: nothing in these tests gets as far as to need it. */
const NOBODY = 'http://127.0.0.1:1';

interface Answer {
  status: number;
  /** Name of the server's certificate. */
  from: string;
  challenge: string | undefined;
}

testSuite('A mirror with HTTPS and passwords', (it) => {
  const authority = new Authority();
  let directory: TempDirectory;
  let mirror: MirrorProcess | undefined;
  it.beforeEach(async () => {
    directory = await tempDirectory();
    mirror = undefined;
  });
  it.afterEach(async () => {
    await mirror?.stop();
    await directory.remove();
  });

  /** Replaced in one step, as tools that renew certificates do it. */
  function write(name: string, text: string): string {
    const path = join(directory.path, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
  }

  function variables(): Record<string, string> {
    const { certificate, key } = authority.issue('the first');
    return {
      REGISTRY_HTTP_TLS_CERTIFICATE: write('certificate.pem', certificate),
      REGISTRY_HTTP_TLS_KEY: write('key.pem', key),
      REGISTRY_AUTH_HTPASSWD_REALM: 'a realm',
      REGISTRY_AUTH_HTPASSWD_PATH: write('htpasswd', `ann:${hashSync('secret', 4)}\n`),
    };
  }

  async function start(env: Record<string, string> = {}): Promise<MirrorProcess> {
    const all = { ...variables(), ...env };
    mirror = await startMirror({ directory: directory.path, upstream: NOBODY, env: all });
    return mirror;
  }

  function ask({ url }: MirrorProcess, path: string, auth?: string): Promise<Answer> {
    const options = { ca: authority.certificate, agent: false, ...(auth && { auth }) };
    return new Promise((resolve, reject) => {
      const asked = request(url + path, options, (response) => {
        const from = String((response.socket as TLSSocket).getPeerCertificate().subject.CN);
        const challenge = response.headers['www-authenticate'];
        response.on('end', () => resolve({ status: response.statusCode ?? 0, from, challenge }));
        response.resume();
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  it('lets in who has one', async () => {
    const running = await start();
    assert.match(running.url, /^https:/);
    assert.is((await ask(running, '/v2/', 'ann:secret')).status, 200);
    const { status, challenge } = await ask(running, '/v2/', 'ann:wrong');
    assert.is(status, 401);
    assert.is(challenge, 'Basic realm="a realm"');
    assert.is((await ask(running, '/v2/library/alpine/manifests/latest')).status, 401);
    assert.is((await ask(running, '/healthz')).status, 200);
    isQuietAbout(running.output, [
      'ann:secret',
      'wrong',
      Buffer.from('ann:wrong').toString('base64'),
    ]);
  });

  it('tells who guesses to wait', async () => {
    const running = await start();
    for (let at = 0; at < 10; at++) {
      assert.is((await ask(running, '/v2/', `ann:guess${at}`)).status, 401);
    }
    assert.is((await ask(running, '/v2/', 'ann:guess')).status, 429);
  });

  it('takes up a new certificate and new passwords while it runs', async () => {
    const running = await start();
    assert.is((await ask(running, '/v2/', 'ann:secret')).from, 'the first');
    const { certificate, key } = authority.issue('the second');
    write('key.pem', key);
    write('certificate.pem', certificate);
    write('htpasswd', `bob:${hashSync('other', 4)}\ncarl:plain\n`);
    await running.logged('the certificate changed and was read again');
    await running.logged('the password file changed and was read again');
    assert.is((await ask(running, '/v2/', 'bob:other')).from, 'the second');
    assert.is((await ask(running, '/v2/', 'ann:secret')).status, 401);
    const warning = running.log.find(({ msg }) => msg.includes('htpasswd:2'));
    assert.match(warning?.msg ?? '', 'has no bcrypt hash for "carl"');
  });

  it('goes on with what it has when the new files are of no use', async () => {
    const running = await start();
    write('certificate.pem', 'nonsense');
    const message =
      'the certificate changed and cannot be used; what was read before stays in force';
    const { error } = await running.logged(message);
    assert.match(error ?? '', 'http.tls.certificate names');
    assert.is((await ask(running, '/v2/', 'ann:secret')).from, 'the first');
  });

  it('warns of private images that are open to everyone', async () => {
    const env = {
      REGISTRY_HTTP_ADDR: '0.0.0.0:0',
      REGISTRY_PROXY_USERNAME: 'ann',
      REGISTRY_PROXY_PASSWORD: 'Very+Secret/Word',
    };
    mirror = await startMirror({ directory: directory.path, upstream: NOBODY, env });
    const warning = mirror.log.find(({ msg }) => msg.includes('private images'));
    assert.is(warning?.level, 'warn');
    assert.match(warning?.msg ?? '', 'the account `ann`');
    isQuietAbout(mirror.output, ['Very+Secret/Word']);
  });

  const WRONG = [
    'REGISTRY_HTTP_TLS_CERTIFICATE',
    'REGISTRY_HTTP_TLS_KEY',
    'REGISTRY_HTTP_TLS_CLIENTCAS_0',
    'REGISTRY_AUTH_HTPASSWD_PATH',
  ];
  for (const name of WRONG) {
    it(`does not start with a wrong ${name}`, async () => {
      const missing = join(directory.path, 'missing');
      const env = { ...variables(), [name]: missing };
      const program = await launchMirror({ directory: directory.path, upstream: NOBODY, env });
      const { code } = await program.ended;
      assert.is(code, 2);
      assert.is(program.stdout, '');
      const complaints = program.stderr.trim().split('\n');
      assert.is(complaints.length, 1, program.stderr);
      assert.match(complaints[0] ?? '', `${name}: `);
      assert.match(complaints[0] ?? '', `names ${missing}, which cannot be read`);
    });
  }
});
