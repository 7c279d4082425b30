import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compiledMirror } from '../support/compiled-mirror.ts';
import { launchMirror, runMirror, startMirror } from '../support/mirror-process.ts';
import type { Program } from '../support/program.ts';
import { hasNoStack, isQuietAbout } from '../support/quiet-about.ts';
import { testSuite } from '../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';

/** A Hub that is not there: nothing in these tests gets as far as to need it. */
const NOBODY = 'http://127.0.0.1:1';

interface Result {
  code: number | null;
  stdout: string;
  /** Lines of standard error. */
  complaints: string[];
}

async function resultOf(program: Program): Promise<Result> {
  const { code } = await program.ended;
  const { stdout, stderr } = program;
  hasNoStack(stdout + stderr);
  return { code, stdout, complaints: stderr.split('\n').filter((line) => line !== '') };
}

async function kagami(args: string[], env: Record<string, string> = {}): Promise<Result> {
  return resultOf(runMirror(args, { main: await compiledMirror(), env }));
}

testSuite('The kagami command', (it) => {
  let directory: TempDirectory;
  it.beforeEach(async () => {
    directory = await tempDirectory();
  });
  it.afterEach(() => directory.remove());

  /** The command with this configuration file. */
  async function serveWith(yaml: string): Promise<Result> {
    const file = join(directory.path, 'config.yml');
    await writeFile(file, yaml);
    return kagami(['serve', file]);
  }

  async function serve(env: Record<string, string>): Promise<Result> {
    return resultOf(await launchMirror({ directory: directory.path, upstream: NOBODY, env }));
  }

  it('says which version it is', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    assert.equal(await kagami(['--version']), { code: 0, stdout: `${version}\n`, complaints: [] });
  });

  it('explains itself', async () => {
    const { code, stdout, complaints } = await kagami(['--help']);
    assert.is(code, 0);
    assert.match(stdout, /Usage: kagami/);
    assert.match(stdout, /serve/);
    assert.equal(complaints, []);
    assert.match((await kagami(['serve', '--help'])).stdout, /Exit codes:/);
  });

  it('does not know other commands', async () => {
    const { code, complaints } = await kagami(['surve']);
    assert.is(code, 2);
    assert.match(complaints.join('\n'), /unknown command 'surve'/);
  });

  it('does not know other options', async () => {
    const { code, complaints } = await kagami(['serve', '--port', '5000']);
    assert.is(code, 2);
    assert.match(complaints.join('\n'), /unknown option '--port'/);
  });

  it('says each mistake of a configuration in a line, with its place', async () => {
    const mistakes = ['version: 0.1', 'http:', '  adr: :5000', '  draintimeout: soon'];
    const { code, stdout, complaints } = await serveWith(mistakes.join('\n'));
    assert.is(code, 2);
    assert.is(stdout, '');
    assert.is(complaints.length, 2, complaints.join('\n'));
    assert.match(complaints[0] ?? '', /http\.adr.*config\.yml:3.*addr|config\.yml:3.*adr.*addr/);
    assert.match(complaints[1] ?? '', /draintimeout/);
    assert.match(complaints[1] ?? '', /config\.yml:4/);
  });

  it('says each mistake of a variable in a line, with its name', async () => {
    const wrong = { REGISTRY_HTTP_DRAINTIMEOUT: 'soon', REGISTRY_LOG_FORMATTER: 'xml' };
    const { code, complaints } = await serve(wrong);
    assert.is(code, 2);
    assert.is(complaints.length, 2, complaints.join('\n'));
    for (const name of Object.keys(wrong)) {
      assert.is(complaints.filter((line) => line.includes(name)).length, 1, name);
    }
  });

  it('prints the configuration in force, and no secret of it', async () => {
    const file = join(directory.path, 'config.yml');
    const secret = join(directory.path, 'secret');
    await writeFile(file, 'version: 0.1\nproxy:\n  remoteurl: http://127.0.0.1:1\n');
    await writeFile(secret, 'Very+Secret/Word\n');
    const env = { REGISTRY_PROXY_USERNAME: 'ann', REGISTRY_PROXY_PASSWORD_FILE: secret };
    const { code, stdout } = await kagami(['config', file], env);
    assert.is(code, 0);
    assert.match(stdout, `  remoteurl: http://127.0.0.1:1 # ${file}:3:14\n`);
    assert.match(stdout, '  username: ann # REGISTRY_PROXY_USERNAME\n');
    assert.match(stdout, '  password: "[redacted]" # REGISTRY_PROXY_PASSWORD_FILE\n');
    assert.match(stdout, '  addr: :5000 # default\n');
    isQuietAbout(stdout, ['Very+Secret/Word']);
  });

  it('checks a configuration without running it', async () => {
    const file = join(directory.path, 'config.yml');
    await writeFile(file, 'version: 0.1\nhttp:\n  adr: :5000\n  net: udp\n');
    const wrong = await kagami(['config', 'check', file]);
    assert.is(wrong.code, 2);
    assert.is(wrong.stdout, '');
    assert.is(wrong.complaints.length, 2);
    await writeFile(file, 'version: 0.1\nproxy: {remoteurl: "http://127.0.0.1:1"}\n');
    const right = { code: 0, stdout: `${file}: all is well\n`, complaints: [] };
    assert.equal(await kagami(['config', 'check', file]), right);
    await writeFile(file, 'version: 0.1\nproxy: {remoteurl: "module:not-there"}\n');
    const missing = await kagami(['config', 'check', file]);
    assert.is(missing.code, 2);
    assert.match(missing.complaints.join(), 'names a module that is not there');
  });

  it('prints for a client what makes it use the mirror, and beside it where that goes', async () => {
    const file = join(directory.path, 'config.yml');
    await writeFile(file, 'version: 0.1\nproxy: {remoteurl: "http://127.0.0.1:1"}\n');
    const url = ['--url', 'https://mirror.example'];
    const { code, stdout, complaints } = await kagami(['setup', 'docker', file, ...url]);
    assert.is(code, 0);
    assert.equal(JSON.parse(stdout), { 'registry-mirrors': ['https://mirror.example'] });
    assert.is(complaints[0], '# This goes into /etc/docker/daemon.json');
    const wrong = await kagami(['setup', 'docker', file, '--url', 'mirror.example']);
    assert.is(wrong.code, 2);
    assert.is(wrong.stdout, '');
    assert.match(wrong.complaints.join(), '--url must be such as');
    assert.is((await kagami(['setup', 'rkt', file])).code, 2);
  });

  it('says of a configuration that is not there that it is not', async () => {
    const { code, complaints } = await kagami(['serve', join(directory.path, 'nothing.yml')]);
    assert.is(code, 2);
    assert.is(complaints.length, 1);
    assert.match(complaints[0] ?? '', /nothing\.yml/);
  });

  it('does not print the password, whatever is wrong', async () => {
    const password = 'Very+Secret/Word';
    const alone = await serve({ REGISTRY_PROXY_PASSWORD: password });
    assert.is(alone.code, 2);
    const inUrl = await serve({ REGISTRY_PROXY_REMOTEURL: `ftp://ann:${password}@127.0.0.1` });
    assert.is(inUrl.code, 2);
    isQuietAbout([...alone.complaints, ...inUrl.complaints].join('\n'), [password]);
  });

  it('says plainly that a port is in use', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const env = { REGISTRY_HTTP_ADDR: `127.0.0.1:${port}` };
      const { code, complaints, stdout } = await serve(env);
      assert.is(code, 4);
      assert.is(stdout, '', 'and says it once');
      assert.is(complaints.length, 1);
      assert.match(complaints[0] ?? '', new RegExp(`^kagami: Port ${port} is in use`));
    } finally {
      other.close();
    }
  });

  it('says plainly that the storage cannot be used', async () => {
    const file = join(directory.path, 'file');
    await writeFile(file, '');
    const { code, complaints } = await serve({
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: join(file, 'storage'),
    });
    assert.is(code, 3);
    assert.is(complaints.length, 1);
    assert.match(complaints[0] ?? '', /^kagami: The storage directory .* is below a file/);
  });

  it('says plainly that the storage cannot be written', async () => {
    const root = join(directory.path, 'locked');
    await mkdir(root);
    await chmod(root, 0o500);
    // Root may write anywhere but in the kernel's own file systems.
    const isRoot = process.geteuid?.() === 0;
    const { code, complaints } = await serve({
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: isRoot ? '/proc/kagami' : root,
    });
    assert.is(code, 3);
    assert.is(complaints.length, 1);
    assert.match(complaints[0] ?? '', /^kagami: The storage directory /);
  });

  it('starts though the upstream cannot be reached, with a warning', async () => {
    const mirror = await startMirror({ directory: directory.path, upstream: NOBODY });
    const message = 'the upstream cannot be reached now; what is stored is served';
    const { level, upstream } = await mirror.logged(message);
    assert.equal({ level, upstream }, { level: 'warn', upstream: NOBODY });
    assert.is((await fetch(`${mirror.url}/v2/`)).status, 200);
    await mirror.stop();
    hasNoStack(mirror.output);
  });

  it('says in one line where it listens, what it mirrors and where it keeps it', async () => {
    const mirror = await startMirror({ directory: directory.path, upstream: NOBODY });
    const { listen, mirrors, storage } = await mirror.logged('kagami is ready');
    await mirror.stop();
    assert.match(listen ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.is(mirrors, NOBODY);
    assert.match(storage ?? '', new RegExp(`${directory.path}/storage$`));
  });
});
