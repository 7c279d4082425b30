import * as assert from 'uvu/assert';
import { StorageFailed, StorageUnavailable } from '../../../../src/domain/errors.ts';
import {
  bytesOf,
  content,
  MIB,
  readAll,
  sameBytes,
  store,
} from '../../../contracts/storage/content.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import type { S3FaultAction } from '../../../support/s3/s3-double.ts';
import type { S3Operation } from '../../../support/s3/s3-request.ts';
import { rejects } from '../../../support/suite.ts';
import { type Bed, s3Suite } from './s3-suite.ts';

const KEY = 'kagami/some/record';
const VALUE = Buffer.from('value');
const LARGE = content(11 * MIB);
const SMALL = content(1000);

/** What a service does now and then. */
const HICCUPS: readonly (readonly [name: string, action: S3FaultAction])[] = [
  ['503 SlowDown', { kind: 'error', status: 503, code: 'SlowDown' }],
  ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
  ['a reset connection', { kind: 'reset' }],
  ['a lost answer', { kind: 'lost' }],
];

const WRITES: readonly S3Operation[] = [
  'PutObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
];

/** What has an effect, or an answer, that can be told. */
async function everything({ storage, another }: Bed): Promise<void> {
  await storage.records.put(KEY, VALUE);
  assert.is(await storage.records.putIfAbsent(KEY, Buffer.from('other')), false);
  assert.is(await storage.records.putIfAbsent(`${KEY}-2`, VALUE), true);
  assert.equal(await storage.records.get(KEY), new Uint8Array(VALUE));
  assert.equal(await storage.records.children('kagami/some'), ['record', 'record-2']);
  await store(storage.blobs, SMALL);
  await store(storage.blobs, LARGE);
  const other = another();
  assert.is(await other.blobs.stat(SMALL.digest), 1000);
  sameBytes(await bytesOf(other.blobs, SMALL.digest), SMALL.bytes);
  sameBytes(await bytesOf(other.blobs, LARGE.digest), LARGE.bytes);
  assert.is(await other.blobs.delete(SMALL.digest), true);
  assert.is(await other.records.delete(KEY), true);
}

s3Suite('S3: when the service has trouble', (it, bed) => {
  for (const [name, action] of HICCUPS) {
    it(`${name} at the first request of each kind is nobody's trouble`, async () => {
      const seen = new Set<S3Operation>();
      bed().s3.fails({
        action,
        match: ({ operation }) => !seen.has(operation) && Boolean(seen.add(operation)),
      });
      await everything(bed());
      assert.is(seen.size, 8);
    });
  }

  for (const operation of WRITES) {
    it(`a ${operation} that fails for good makes nothing visible, and leaves nothing behind`, async () => {
      const { storage, s3, another } = bed();
      const one = operation === 'PutObject' ? SMALL : LARGE;
      const works = s3.fails({
        operation,
        action: { kind: 'error', status: 400, code: 'Refused' },
      });
      const staged = await storage.blobs.stage(one.digest);
      await staged.append([one.bytes]);
      const error = await rejects(staged.commit(), StorageUnavailable);
      assert.is(error.message, 'the blob could not be stored (Refused)');
      sameBytes(await readBackAll(staged), one.bytes);
      await staged.discard();
      staged.close();
      assert.is(await another().blobs.open(one.digest), undefined);
      while (s3.store.uploads.size > 0) await new Promise(setImmediate);
      works();
      const again = await storage.blobs.stage(one.digest);
      assert.is(again.length, one.bytes.length, 'it need not be fetched again');
      await again.commit();
      again.close();
      sameBytes(await bytesOf(another().blobs, one.digest), one.bytes);
    });
  }

  it('a part that failed while the blob was coming is sent again at its end', async () => {
    const { storage, s3 } = bed();
    const action: S3FaultAction = { kind: 'error', status: 400, code: 'Refused' };
    s3.fails({ operation: 'UploadPart', times: 2, action });
    const staged = await storage.blobs.stage(LARGE.digest);
    await staged.append([LARGE.bytes]);
    while (s3.count('UploadPart') < 2) await new Promise(setImmediate);
    await staged.commit();
    staged.close();
    assert.is(s3.count('UploadPart'), 5);
    sameBytes(await bytesOf(storage.blobs, LARGE.digest), LARGE.bytes);
  });

  it('a body that breaks off is gone on with from there', async () => {
    const { storage, s3 } = bed();
    await store(storage.blobs, LARGE);
    s3.requests.length = 0;
    for (const after of [0, MIB, 2 * MIB]) {
      s3.fails({ operation: 'GetObject', times: 1, action: { kind: 'cut', after } });
    }
    sameBytes(await bytesOf(storage.blobs, LARGE.digest), LARGE.bytes);
    assert.is(s3.count('GetObject'), 4);
  });

  it('a part of a blob, too', async () => {
    const { storage, s3 } = bed();
    await store(storage.blobs, LARGE);
    s3.fails({ operation: 'GetObject', times: 1, action: { kind: 'cut', after: 1000 } });
    const part = await storage.blobs.open(LARGE.digest, { kind: 'from', first: 500, last: MIB });
    assert.ok(part);
    sameBytes(await readAll(part), LARGE.bytes.subarray(500, MIB + 1));
    part.close();
  });

  it('a body that breaks off again and again is no damage to the blob', async () => {
    const { storage, s3 } = bed();
    await store(storage.blobs, LARGE);
    s3.fails({ operation: 'GetObject', action: { kind: 'cut', after: 0 } });
    await rejects(bytesOf(storage.blobs, LARGE.digest), StorageUnavailable);
  });

  it('a blob that is removed while it is read cannot be gone on with', async () => {
    const { storage, s3 } = bed();
    await store(storage.blobs, LARGE);
    s3.fails({ operation: 'GetObject', times: 1, action: { kind: 'cut', after: MIB } });
    const open = await storage.blobs.open(LARGE.digest);
    assert.ok(open);
    s3.store.objects.clear();
    const error = await rejects(readAll(open), StorageFailed);
    assert.not.ok(error instanceof StorageUnavailable);
    open.close();
  });

  it('a record whose body breaks off is asked for again', async () => {
    const { storage, s3 } = bed();
    await storage.records.put(KEY, VALUE);
    s3.fails({ operation: 'GetObject', times: 2, action: { kind: 'cut', after: 2 } });
    assert.equal(await storage.records.get(KEY), new Uint8Array(VALUE));
  });

  it('a conflict of two writers is tried again', async () => {
    const { storage, s3 } = bed();
    const action: S3FaultAction = {
      kind: 'error',
      status: 409,
      code: 'ConditionalRequestConflict',
    };
    s3.fails({ operation: 'PutObject', times: 2, action });
    assert.is(await storage.records.putIfAbsent(KEY, VALUE), true);
  });

  it('what is not allowed is told with its code, and asked for once', async () => {
    const { storage, s3 } = bed();
    s3.fails({ action: { kind: 'error', status: 403, code: 'AccessDenied' } });
    const error = await rejects(storage.records.get(KEY), StorageUnavailable);
    assert.is(error.message, 'the record could not be read (AccessDenied)');
    assert.equal(error.detail, { code: 'AccessDenied', status: 403 });
    assert.is(s3.requests.length, 1);
  });

  it('one that keeps failing is not asked any more until it answers, which is said', async () => {
    const { s3, another } = bed();
    const warnings: string[] = [];
    const clock = new ManualClock();
    const { records } = another({ clock, warn: (message) => void warnings.push(message) });
    const works = s3.fails({ action: { kind: 'reset' } });
    for (let times = 0; times < 2; times++) await rejects(records.get(KEY), StorageUnavailable);
    const before = s3.requests.length;
    const error = await rejects(records.get(KEY), StorageUnavailable);
    assert.is(error.message, 'the bucket is not asked, because it kept failing');
    assert.is(s3.requests.length, before);
    works();
    clock.advance(2_000);
    while (warnings.length < 2) await new Promise(setImmediate);
    assert.is(await records.get(KEY), undefined);
    assert.equal(warnings, [
      'the S3 bucket keeps failing (ECONNRESET): until it answers, pulls go by without it',
      'the S3 bucket answers again, after 2 s',
    ]);
  });
});

async function readBackAll(staged: {
  readonly length: number;
  readAt(at: number, scratch: () => Uint8Array): Promise<Uint8Array>;
}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < staged.length; at += pieces.at(-1)?.length ?? 0) {
    pieces.push(await staged.readAt(at, () => new Uint8Array(MIB)));
  }
  return Buffer.concat(pieces);
}
