import * as assert from 'uvu/assert';

import { eventually } from '../../../support/eventually.ts';
import { filesystemSuite } from './storage-fixture.ts';

filesystemSuite('a process that uses a directory', (it, fixture) => {
  it('is alone until another one comes, and again when that has left', async () => {
    const { owners } = fixture().storage;
    assert.ok(await owners.isAlone?.());
    const other = fixture().another();
    await other.start();
    await eventually(async () => !(await owners.isAlone?.()));
    assert.not(await other.owners.isAlone?.());
    await other.close();
    await eventually(async () => (await owners.isAlone?.()) ?? false);
  });

  it('does not know before it has announced itself', async () => {
    const other = fixture().another();
    assert.not(await other.owners.isAlone?.());
  });
});
