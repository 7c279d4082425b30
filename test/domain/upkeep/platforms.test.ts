import * as assert from 'uvu/assert';
import { MemoryStorage } from '../../../src/adapters/storage/memory/memory-storage.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { platformsOf } from '../../../src/domain/upkeep/platforms.ts';
import { encodeUtf8 } from '../../../src/domain/utf8.ts';
import { digestOf } from '../../support/oci-content.ts';
import { testSuite } from '../../support/suite.ts';

/** Puts JSON, or text, into the storage, and gives its digest. */
async function put({ blobs }: MemoryStorage, content: unknown): Promise<Digest> {
  const bytes = encodeUtf8(typeof content === 'string' ? content : JSON.stringify(content));
  const digest = digestOf(bytes) as Digest;
  const staged = await blobs.stage(digest);
  await staged.append([bytes]);
  await staged.commit();
  staged.close();
  return digest;
}

const ARM = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const ABSENT = `sha256:${'0'.repeat(64)}`;

testSuite('the platforms of an image', (it) => {
  it('are in its config', async () => {
    const storage = new MemoryStorage();
    const image = await put(storage, { config: { digest: await put(storage, ARM) } });
    assert.equal(await platformsOf(storage.blobs, image), ['linux/arm64/v8']);
  });

  it('are in its index, each once, of those that are here and are images', async () => {
    const storage = new MemoryStorage();
    const image = await put(storage, { config: { digest: await put(storage, ARM) } });
    const other = await put(storage, {});
    const amd = { os: 'linux', architecture: 'amd64' };
    const index = await put(storage, {
      manifests: [
        { digest: other, platform: amd },
        { digest: image },
        { digest: other, platform: amd },
        { digest: other, platform: { os: 'unknown', architecture: 'unknown' } },
        { digest: ABSENT, platform: { os: 'windows', architecture: 'amd64' } },
        'no descriptor',
      ],
    });
    assert.equal(await platformsOf(storage.blobs, index), ['linux/amd64', 'linux/arm64/v8']);
  });

  it('are none of what does not say any, or is not here', async () => {
    const storage = new MemoryStorage();
    const none: unknown[] = [
      {},
      'no JSON',
      [],
      { config: {} },
      { config: { digest: 'none' } },
      { config: { digest: ABSENT } },
      { config: { digest: await put(storage, 'neither JSON') } },
      { config: { digest: await put(storage, { os: 7 }) } },
    ];
    for (const content of none) {
      assert.equal(await platformsOf(storage.blobs, await put(storage, content)), []);
    }
    assert.equal(await platformsOf(storage.blobs, ABSENT as Digest), []);
  });
});
