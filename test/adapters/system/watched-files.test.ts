import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { WatchedFiles } from '../../../src/adapters/system/watched-files.ts';
import { testSuite } from '../../support/suite.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';

testSuite('watched files', (it) => {
  let directory: TempDirectory;
  let watched: WatchedFiles | undefined;
  it.beforeEach(async () => {
    directory = await tempDirectory();
  });
  it.afterEach(async () => {
    watched?.stop();
    await directory.remove();
  });

  function at(name: string): string {
    return join(directory.path, name);
  }

  /** Resolves at the next change after `act`. */
  async function changes(names: string[], act: () => void): Promise<void> {
    watched?.stop();
    await new Promise<void>((resolve) => {
      const paths = names.map((name) => join(directory.path, name));
      watched = new WatchedFiles(paths, resolve, 1);
      act();
      watched.start();
    });
  }

  it('tell of a change before they were started, but after they were made', async () => {
    writeFileSync(join(directory.path, 'a'), 'one');
    await changes(['a'], () => writeFileSync(join(directory.path, 'a'), 'another'));
  });

  it('tell of a file that comes, is replaced, or goes', async () => {
    const path = join(directory.path, 'a');
    await changes(['b', 'a'], () => writeFileSync(path, 'one'));
    writeFileSync(join(directory.path, 'c'), 'one');
    await changes(['b', 'a'], () => renameSync(join(directory.path, 'c'), path));
    await changes(['b', 'a'], () => rmSync(path));
  });

  it('tell of a link that leads elsewhere, as in a Kubernetes volume', async () => {
    for (const version of ['one', 'two']) {
      mkdirSync(at(version));
      writeFileSync(join(at(version), 'a'), 'same');
    }
    symlinkSync('one', at('..data'));
    symlinkSync('..data/a', at('a'));
    symlinkSync('two', at('new'));
    await changes(['a'], () => renameSync(at('new'), at('..data')));
  });

  it('tell nothing after they were stopped', async () => {
    const path = join(directory.path, 'a');
    let told = 0;
    const stopped = new WatchedFiles([path], () => void told++, 1);
    stopped.start();
    stopped.stop();
    await changes(['a'], () => writeFileSync(path, 'one'));
    assert.is(told, 0);
  });
});
