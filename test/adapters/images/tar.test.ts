import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { storedGzip } from '../../../src/adapters/images/stored-gzip.ts';
import { tar } from '../../../src/adapters/images/tar.ts';
import { run } from '../../support/program.ts';
import { testSuite } from '../../support/suite.ts';
import { tempDirectory } from '../../support/temp-directory.ts';

const NAMES = [
  'short',
  `${'x'.repeat(96)}/abc`,
  `${'x'.repeat(97)}/abc`,
  `${'folder/'.repeat(40)}file`,
  'grüße/世界',
];

testSuite('a tar file', (it) => {
  for (const name of NAMES) {
    it(`is unpacked by tar, with a name of ${Buffer.byteLength(name)} bytes`, async () => {
      const directory = await tempDirectory();
      try {
        const archive = join(directory.path, 'archive.tar');
        const out = join(directory.path, 'out');
        await writeFile(archive, tar({ [name]: 'content', 'empty/': '' }));
        await mkdir(out);
        await run('tar', ['--extract', '--file', archive, '--directory', out]);
        assert.is(await readFile(join(out, name), 'utf8'), 'content');
      } finally {
        await directory.remove();
      }
    });
  }
});

testSuite('a gzip file that depends on its content alone', (it) => {
  for (const length of [0, 1, 65_534, 65_535, 65_536, 200_000]) {
    it(`holds ${length} bytes`, () => {
      const bytes = Buffer.alloc(length, 'kagami');
      assert.ok(gunzipSync(storedGzip(bytes)).equals(bytes));
    });
  }

  it('is the same everywhere', () => {
    const hex = Buffer.from(storedGzip(Buffer.from('a'))).toString('hex');
    assert.is(hex, '1f8b08000000000000ff010100feff6143beb7e801000000');
  });
});
