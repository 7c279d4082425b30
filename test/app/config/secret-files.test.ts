import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

/** What goes with a secret. */
function beside(name: string): Record<string, string> {
  const s3 = ['BUCKET', 'REGION', 'ACCESSKEY', 'SECRETKEY'].map((key) => [
    `REGISTRY_STORAGE_S3_${key}`,
    'x',
  ]);
  const others = s3.filter(([variable]) => `${variable}_FILE` !== name);
  return name.startsWith('REGISTRY_STORAGE_S3_') ? Object.fromEntries(others) : {};
}

testSuite('a secret may be in a file that a variable names', (it) => {
  const directory = mkdtempSync(join(tmpdir(), 'kagami-secrets-'));
  const path = join(directory, 'secret');
  it.after(() => rmSync(directory, { recursive: true }));

  /** What the password is when the file holds this. */
  function passwordOf(content: string): string | undefined {
    writeFileSync(path, content);
    const { config } = load(file('proxy: {username: me}'), { REGISTRY_PROXY_PASSWORD_FILE: path });
    return config.upstream.credentials[0]?.password.reveal();
  }

  it('whose last line break does not count', () => {
    assert.is(passwordOf('hunter2'), 'hunter2');
    assert.is(passwordOf('hunter2\n'), 'hunter2');
    assert.is(passwordOf('hunter2\r\n'), 'hunter2');
    assert.is(passwordOf('hunter2\n\n'), 'hunter2\n');
  });

  it('and in which nothing is interpreted', () => {
    for (const text of ['[a, b]', '{a: b}', '"quoted"', '# no comment', '007', ' spaced ', 'ü']) {
      assert.is(passwordOf(`${text}\n`), text);
    }
  });

  it('over what the configuration file says', () => {
    writeFileSync(path, 'new');
    const yaml = file('proxy: {username: me, password: old}');
    const { config, places } = load(yaml, { REGISTRY_PROXY_PASSWORD_FILE: path });
    assert.is(config.upstream.credentials[0]?.password.reveal(), 'new');
    assert.is(places['proxy.password'], 'REGISTRY_PROXY_PASSWORD_FILE');
  });

  it('in a list too', () => {
    writeFileSync(path, 'of the list\n');
    const { credentials } = load(undefined, {
      REGISTRY_PROXY_CREDENTIALS_0_USERNAME: 'me',
      REGISTRY_PROXY_CREDENTIALS_0_PASSWORD_FILE: path,
    }).config.upstream;
    assert.is(credentials[0]?.password.reveal(), 'of the list');
  });

  it('unless the variable is empty', () => {
    assert.equal(mistakes(undefined, { REGISTRY_PROXY_PASSWORD_FILE: '' }), []);
  });

  const named = CONFIGURATION_INDEX.fields.flatMap(({ field, variable, standing }) => {
    const isSecret = field.kind === 'setting' && field.secret && field.shape.kind === 'scalar';
    return isSecret && variable !== undefined && standing.kind !== 'refused'
      ? [`${variable}_FILE`]
      : [];
  });

  it('each of them', () => {
    assert.ok(named.length > 5);
    writeFileSync(path, 'hunter2\n');
    for (const name of named) {
      const env = { ...beside(name), [name]: path };
      const { warnings } = load(file('proxy: {username: me, password: old}'), env);
      assert.not.match(warnings.join(), 'name no known setting', name);
    }
  });

  it('which must be there: the mistake names the variable', () => {
    const missing = join(directory, 'missing');
    for (const name of named) {
      const yaml = file('proxy: {username: me}');
      const isPassword = name === 'REGISTRY_PROXY_PASSWORD_FILE';
      const [first] = mistakes(isPassword ? yaml : undefined, { ...beside(name), [name]: missing });
      assert.is(first, `${name}: the file ${missing} cannot be read: there is no such file`);
    }
  });

  it('which must be a file, and not empty', () => {
    const folder = join(directory, 'folder');
    mkdirSync(folder);
    writeFileSync(path, '\n');
    const name = 'REGISTRY_HTTP_SECRET_FILE';
    assert.equal(mistakes(undefined, { [name]: folder }), [
      `${name}: the file ${folder} cannot be read: it is a directory`,
    ]);
    assert.equal(mistakes(undefined, { [name]: path }), [`${name}: the file ${path} is empty`]);
  });

  it('and not in the variable as well', () => {
    writeFileSync(path, 'b');
    const both = { REGISTRY_HTTP_SECRET: 'a', REGISTRY_HTTP_SECRET_FILE: path };
    assert.equal(mistakes(undefined, both), [
      'REGISTRY_HTTP_SECRET_FILE: REGISTRY_HTTP_SECRET is set too; keep one',
    ]);
  });

  it('but what is no secret may not', () => {
    const { warnings } = load(undefined, { REGISTRY_HTTP_ADDR_FILE: path });
    assert.match(warnings.join(), 'REGISTRY_HTTP_ADDR_FILE');
    const { warnings: none } = load(undefined, { REGISTRY_HEALTH_FILECHECKERS_0_FILE: path });
    assert.match(none.join(), 'health.file (REGISTRY_HEALTH_FILECHECKERS_0_FILE)');
  });
});
