import * as assert from 'uvu/assert';
import { blobKey } from '../../../../src/domain/registry-layout.ts';
import {
  bytesOf,
  content,
  KIB,
  listed,
  MIB,
  readAll,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { type Bed, s3Suite } from './s3-suite.ts';

function asked({ s3 }: Bed): string[] {
  return s3.requests.map(({ operation }) => operation);
}

s3Suite('S3: what is asked of the bucket', (it, bed) => {
  it('a hit is one GET, whole or in part', async () => {
    const { storage, s3 } = bed();
    const one = content(3 * MIB);
    await store(storage.blobs, one);
    s3.requests.length = 0;
    sameBytes(await bytesOf(storage.blobs, one.digest), one.bytes);
    assert.equal(asked(bed()), ['GetObject']);
    const part = await storage.blobs.open(one.digest, { kind: 'from', first: 100, last: 199 });
    assert.ok(part);
    sameBytes(await readAll(part), one.bytes.subarray(100, 200));
    part.close();
    assert.equal(asked(bed()), ['GetObject', 'GetObject']);
    assert.is(s3.requests[1]?.headers.range, 'bytes=100-199');
  });

  it('what is not there is one GET, too', async () => {
    const { storage } = bed();
    assert.is(await storage.blobs.open(content(1).digest), undefined);
    assert.equal(asked(bed()), ['GetObject']);
  });

  it('a size that was seen is not asked for again', async () => {
    const { storage, s3, another } = bed();
    const one = content(1000);
    await store(storage.blobs, one);
    s3.requests.length = 0;
    assert.is(await storage.blobs.stat(one.digest), 1000);
    assert.equal(asked(bed()), []);
    const other = another();
    assert.is(await other.blobs.stat(one.digest), 1000);
    assert.is(await other.blobs.stat(one.digest), 1000);
    assert.equal(asked(bed()), ['HeadObject']);
  });

  it('a small blob is one PUT', async () => {
    const { storage, s3 } = bed();
    const one = content(5 * MIB);
    await store(storage.blobs, one);
    assert.equal(asked(bed()), ['PutObject']);
    assert.equal([...s3.store.objects.keys()], [blobKey(one.digest)]);
  });

  it('a large one goes up in parts of one size, while the rest is still coming', async () => {
    const { storage, s3 } = bed();
    const one = content(12 * MIB + 5);
    const staged = await storage.blobs.stage(one.digest);
    await staged.append([one.bytes.subarray(0, 11 * MIB)]);
    while (s3.count('UploadPart') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.is(await storage.blobs.open(one.digest), undefined);
    await staged.append([one.bytes.subarray(11 * MIB)]);
    await staged.commit();
    staged.close();
    assert.is(s3.count('CreateMultipartUpload'), 1);
    assert.is(s3.count('UploadPart'), 3);
    assert.is(s3.count('CompleteMultipartUpload'), 1);
    assert.is(s3.store.uploads.size, 0);
    sameBytes(await bytesOf(storage.blobs, one.digest), one.bytes);
  });

  it('one that is exactly two parts long has no third', async () => {
    const { storage, s3 } = bed();
    const one = content(10 * MIB);
    await store(storage.blobs, one);
    assert.is(s3.count('UploadPart'), 2);
    sameBytes(await bytesOf(storage.blobs, one.digest), one.bytes);
  });

  it('the parts of one that is discarded, suspended or closed are removed', async () => {
    const { storage, s3, staging, another } = bed();
    for (const end of ['discard', 'suspend', 'close'] as const) {
      const one = content(11 * MIB);
      const staged = await storage.blobs.stage(one.digest);
      await staged.append([one.bytes]);
      while (s3.count('UploadPart') < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      await staged[end]();
      staged.close();
      while (s3.store.uploads.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      s3.requests.length = 0;
    }
    assert.is(s3.store.objects.size, 0);
    await another({ staging }).start();
  });

  it('many are removed by one request', async () => {
    const { storage, s3 } = bed();
    const contents = Array.from({ length: 20 }, (_, seed) => content(10, seed));
    for (const each of contents) await store(storage.blobs, each);
    s3.requests.length = 0;
    await storage.blobs.deleteMany?.(contents.slice(1).map(({ digest }) => digest));
    assert.equal(asked(bed()), ['DeleteObjects']);
    assert.equal(await listed(storage.blobs), [{ digest: contents[0]?.digest, size: 10 }]);
    assert.is(await storage.blobs.stat(contents[1]?.digest ?? content(1).digest), undefined);
  });

  it('connections are used again', async () => {
    const { storage, s3 } = bed();
    const ports = new Set<number | undefined>();
    s3.onConnection((port) => ports.add(port));
    for (let seed = 0; seed < 20; seed++) await store(storage.blobs, content(100 * KIB, seed));
    const large = content(30 * MIB);
    await store(storage.blobs, large);
    for (let times = 0; times < 20; times++) await bytesOf(storage.blobs, large.digest);
    assert.ok(ports.size <= 6, `${ports.size} connections`);
  });
});

s3Suite(
  'S3: what objects are written with',
  (it, bed) => {
    it('is what the configuration says, for one request and for many', async () => {
      const { storage, s3 } = bed();
      const [small, large] = [content(10), content(6 * MIB)];
      await store(storage.blobs, small);
      await store(storage.blobs, large);
      await storage.records.put('kagami/x', Buffer.from('x'));
      for (const { amz } of s3.store.objects.values()) {
        assert.is(amz['x-amz-server-side-encryption'], 'aws:kms');
        assert.is(amz['x-amz-server-side-encryption-aws-kms-key-id'], 'some-key');
        assert.is(amz['x-amz-storage-class'], 'STANDARD_IA');
        assert.is(amz['x-amz-acl'], 'bucket-owner-read');
      }
      assert.is(s3.store.objects.size, 3);
    });
  },
  {
    objects: {
      encrypt: true,
      kmsKeyId: 'some-key',
      storageClass: 'STANDARD_IA',
      acl: 'bucket-owner-read',
    },
  },
);

s3Suite(
  'S3: a presigned URL',
  (it, bed) => {
    it('gives the blob, and the part of it that the client wants, to anybody', async () => {
      const { storage } = bed();
      const one = content(1000);
      await store(storage.blobs, one);
      const url = (await storage.blobs.urlOf?.(one.digest)) ?? '';
      sameBytes(Buffer.from(await (await fetch(url)).arrayBuffer()), one.bytes);
      const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
      sameBytes(Buffer.from(await part.arrayBuffer()), one.bytes.subarray(10, 20));
      assert.is((await fetch(url.replace(/.$/, 'x'))).status, 403);
    });

    it('is valid for 20 minutes, and not for HEAD', async () => {
      const { storage, s3 } = bed();
      const one = content(1000);
      await store(storage.blobs, one);
      const url = (await storage.blobs.urlOf?.(one.digest)) ?? '';
      assert.is((await fetch(url, { method: 'HEAD' })).status, 403);
      s3.settings.clockAheadMs = 19 * 60_000;
      assert.is((await fetch(url)).status, 200);
      s3.settings.clockAheadMs = 21 * 60_000;
      assert.is((await fetch(url)).status, 403);
    });

    it('is not given for what others have removed meanwhile', async () => {
      const { storage, s3 } = bed();
      const one = content(1000);
      await store(storage.blobs, one);
      s3.store.objects.clear();
      assert.is(await storage.blobs.urlOf?.(one.digest), undefined);
      assert.is(await storage.blobs.stat(one.digest), undefined);
    });

    it('names the endpoint for clients', async () => {
      const { storage, another } = bed();
      const one = content(1000);
      await store(storage.blobs, one);
      const other = another({ redirects: { endpoint: 'https://s3.example.com' } });
      const url = new URL((await other.blobs.urlOf?.(one.digest)) ?? '');
      assert.is(url.origin, 'https://s3.example.com');
      // The SDK puts no name before an address of numbers, so this one finds the blob all the same.
      const byName = another({
        redirects: { endpoint: 'https://s3.example.com' },
        connection: { isPathStyle: false },
      });
      const named = new URL((await byName.blobs.urlOf?.(one.digest)) ?? '');
      assert.is(named.origin, 'https://kagami-test.s3.example.com');
      const none = another({ redirects: undefined });
      assert.is(await none.blobs.urlOf?.(one.digest), undefined);
    });
  },
  { redirects: { endpoint: undefined } },
);
