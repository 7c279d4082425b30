import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { FilesystemStorage } from '../../../../src/adapters/storage/filesystem/filesystem-storage.ts';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { content } from '../../../contracts/storage/content.ts';
import { rejects } from '../../../support/suite.ts';
import { filesystemSuite, systemError } from './storage-fixture.ts';

const OTHER = 'name another with storage.filesystem.rootdirectory';

/** What the system says to the first write, and what the user reads after the directory's name. */
const TROUBLES: [code: string, sentence: string][] = [
  ['EROFS', 'is on a read-only file system (EROFS): mount it writable'],
  ['ENOSPC', 'has no space left (ENOSPC): free some'],
  ['EIO', 'cannot be used (EIO): repair it'],
];

filesystemSuite('filesystem: start and close', (it, fixture) => {
  it('makes the directory, and leaves no probe in it', async () => {
    const root = join(fixture().root, 'new/below/new');
    const storage = new FilesystemStorage({ rootDirectory: root });
    await storage.start();
    await storage.close();
    assert.is(storage.location, root);
    assert.equal((await readdir(root, { recursive: true })).sort(), [
      'kagami',
      'kagami/owners',
      'kagami/staging',
    ]);
  });

  for (const [code, sentence] of TROUBLES) {
    it(`says what to do about ${code}`, async () => {
      const { another, root } = fixture();
      const storage = another({ syncFile: (_fd, done) => done(systemError(code)) });
      const error = await rejects(storage.start(), StorageFailed);
      assert.is(error.message, `The storage directory ${root} ${sentence}, or ${OTHER}`);
      assert.equal(error.detail, { errno: code });
    });
  }

  it('says whom to give a directory to that cannot be written', async () => {
    const { another, root } = fixture();
    const storage = another({ syncFile: (_fd, done) => done(systemError('EACCES')) });
    const { message } = await rejects(storage.start(), StorageFailed);
    const us = `${process.geteuid?.()}:${process.getegid?.()}`;
    const give = `give it to the user that runs Kagami (chown -R ${us} ${root})`;
    const sentence = `cannot be written (EACCES): ${give}, or ${OTHER}`;
    assert.is(message, `The storage directory ${root} ${sentence}`);
  });

  for (const below of ['file', 'file/below']) {
    it(`says so if the root is ${below}`, async () => {
      const { root } = fixture();
      await writeFile(join(root, 'file'), '');
      const rootDirectory = join(root, below);
      const error = await rejects(new FilesystemStorage({ rootDirectory }).start(), StorageFailed);
      assert.match(
        error.message,
        `The storage directory ${rootDirectory} is not a directory, or is below a file (`,
      );
      assert.match(error.message, `): move that file away, or ${OTHER}`);
    });
  }

  it('close keeps what has come of a blob that was not committed', async () => {
    const { storage, staged } = fixture();
    const committed = await storage.blobs.stage(content(10).digest);
    await committed.append([content(10).bytes]);
    const unfinished = await storage.blobs.stage(content(20).digest);
    await unfinished.append([content(20).bytes]);
    await committed.commit();
    assert.is((await staged()).length, 1);
    await storage.close();
    assert.match((await staged()).join(), /^sha256-[0-9a-f]{64}\.[0-9a-f-]+\.1\.suspended$/);
    assert.is(await storage.blobs.stat(content(10).digest), 10);
  });

  it('close waits for a commit that is under way', async () => {
    const { storage, staged } = fixture();
    const { bytes, digest } = content(100);
    const blob = await storage.blobs.stage(digest);
    await blob.append([bytes]);
    const committing = blob.commit();
    await storage.close();
    await committing;
    assert.is(await storage.blobs.stat(digest), 100);
    assert.equal(await staged(), []);
  });
});
