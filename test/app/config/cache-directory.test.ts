import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { canWriteDirectory, defaultDirectory } from '../../../src/app/config/cache-directory.ts';
import { testSuite } from '../../support/suite.ts';

const directory = mkdtempSync(join(tmpdir(), 'kagami-config-'));

testSuite('the cache has a place when nothing names one', (it) => {
  it.after(() => rmSync(directory, { recursive: true }));

  it("it is the registry's directory if that can be written", () => {
    const asked: string[] = [];
    const canWrite = (each: string): boolean => asked.push(each) > 0;
    assert.is(defaultDirectory({ HOME: '/home/me' }, canWrite), '/var/lib/registry');
    assert.equal(asked, ['/var/lib/registry']);
  });

  const USERS = [
    [{ XDG_CACHE_HOME: '/cache', HOME: '/home/me' }, '/cache/kagami'],
    [{ HOME: '/home/me' }, '/home/me/.cache/kagami'],
    // "If an implementation encounters a relative path ... it should consider the path invalid."
    [{ XDG_CACHE_HOME: 'cache', HOME: '/home/me' }, '/home/me/.cache/kagami'],
  ] as const;
  for (const [env, expected] of USERS) {
    it(`else it is ${expected} under ${JSON.stringify(env)}`, () => {
      assert.is(
        defaultDirectory(env, () => false),
        expected,
      );
    });
  }

  it('a directory that can be made counts as one that can be written', () => {
    assert.ok(canWriteDirectory(directory));
    assert.ok(canWriteDirectory(join(directory, 'a', 'b')));
  });

  it('below a file nothing can be written', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    assert.not.ok(canWriteDirectory(join(path, 'a')));
  });
});
