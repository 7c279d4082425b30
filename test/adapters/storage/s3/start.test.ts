import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { StorageFailed } from '../../../../src/domain/errors.ts';
import { blobKey } from '../../../../src/domain/registry-layout.ts';
import { content } from '../../../contracts/storage/content.ts';
import type { S3FaultAction } from '../../../support/s3/s3-double.ts';
import type { S3StorageOptions } from '../../../support/s3/s3-fixture.ts';
import type { S3Operation } from '../../../support/s3/s3-request.ts';
import { rejects } from '../../../support/suite.ts';
import { s3Suite } from './s3-suite.ts';

const denied: S3FaultAction = { kind: 'error', status: 403, code: 'AccessDenied' };

const DENIED: readonly (readonly [operation: S3Operation, step: string, advice: string])[] = [
  ['ListObjectsV2', 'list', 'allow s3:ListBucket on kagami-test'],
  ['PutObject', 'write', 'allow s3:PutObject on kagami-test/*'],
  ['GetObject', 'read', 'allow s3:GetObject on kagami-test/*'],
  ['DeleteObject', 'remove', 'allow s3:DeleteObject on kagami-test/*'],
];

const keys = { accessKey: () => 'test-key', sessionToken: () => undefined };

const WRONG: readonly (readonly [
  what: string,
  options: Partial<S3StorageOptions>,
  sentence: string,
])[] = [
  [
    'the bucket',
    { bucket: 'other' },
    'does not exist (NoSuchBucket): create it, or name another with storage.s3.bucket',
  ],
  [
    'the access key',
    { connection: { credentials: { ...keys, accessKey: () => 'a', secretKey: () => 'b' } } },
    'does not know the access key (InvalidAccessKeyId): check storage.s3.accesskey and storage.s3.secretkey, or what AWS_ variables say',
  ],
  [
    'the secret key',
    { connection: { credentials: { ...keys, secretKey: () => 'b' } } },
    'does not accept the secret key (SignatureDoesNotMatch): check storage.s3.accesskey and storage.s3.secretkey, or what AWS_ variables say',
  ],
  [
    'the port',
    { connection: { endpoint: 'http://127.0.0.1:1' } },
    'does not answer (ECONNREFUSED): start the service, or check storage.s3.regionendpoint',
  ],
  [
    'the host',
    { connection: { endpoint: 'http://unknown.invalid' } },
    'has a host that is not known (',
  ],
  [
    'the style of the path',
    { connection: { endpoint: 'http://unknown.invalid', isPathStyle: false } },
    ': check storage.s3.regionendpoint and the name server, or set storage.s3.forcepathstyle to true',
  ],
];

s3Suite('S3: start and close', (it, bed) => {
  it('leaves nothing in the bucket', async () => {
    const { s3, storage } = bed();
    assert.is(s3.store.objects.size, 0);
    assert.is(storage.location, `s3://kagami-test at ${s3.url}`);
  });

  for (const [operation, step, advice] of DENIED) {
    it(`says which permission is missing for ${operation}`, async () => {
      const { s3, another } = bed();
      s3.fails({ operation, action: denied });
      const error = await rejects(another().start(), StorageFailed);
      const where = `s3://kagami-test at ${s3.url}`;
      assert.is(
        error.message,
        `The S3 bucket ${where} lets us not ${step} (AccessDenied): ${advice}`,
      );
    });
  }

  for (const [what, options, sentence] of WRONG) {
    it(`says what to do if ${what} is wrong`, async () => {
      const error = await rejects(bed().another(options).start(), StorageFailed);
      assert.ok(error.message.startsWith('The S3 bucket s3://'), error.message);
      assert.ok(error.message.includes(sentence), error.message);
    });
  }

  it('gets by with a clock that is wrong', async () => {
    const { s3, another } = bed();
    s3.settings.clockAheadMs = 3_600_000;
    await another().start();
  });

  it('says so if the clock cannot be got by with', async () => {
    const { s3, another } = bed();
    s3.fails({ action: { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' } });
    const error = await rejects(another().start(), StorageFailed);
    assert.match(error.message, "(RequestTimeTooSkewed): set this machine's clock");
  });

  it('says so if the staging cannot be used', async () => {
    const { staging, another } = bed();
    await writeFile(join(staging, 'file'), '');
    const error = await rejects(another({ staging: join(staging, 'file') }).start(), StorageFailed);
    assert.match(error.message, 'name another with storage.s3.staging');
  });

  for (const conditionalWrites of ['ignored', 'refused'] as const) {
    it(`says once that conditional writes are ${conditionalWrites}, and does without`, async () => {
      const { s3, another } = bed();
      s3.settings.conditionalWrites = conditionalWrites;
      const warnings: string[] = [];
      const { records } = await started(another({ warn: (text) => void warnings.push(text) }));
      assert.equal(warnings, [
        'the S3 service ignores conditional writes: mirrors of one bucket cannot coordinate',
      ]);
      assert.is(await records.putIfAbsent('kagami/a', Buffer.from('1')), true);
      assert.is(await records.putIfAbsent('kagami/a', Buffer.from('2')), false);
      assert.is(Buffer.from((await records.get('kagami/a')) ?? []).toString(), '1');
    });
  }

  it('removes the parts of uploads that nobody goes on with', async () => {
    const { s3, another } = bed();
    s3.settings.pageSize = 2;
    const now = Date.now();
    const old = now - 25 * 3_600_000;
    const ages = [old, now, old, old, now];
    const uploads = ages.map((at, seed) => {
      return s3.store.startUpload(blobKey(content(1, seed).digest), at, {});
    });
    const foreign = s3.store.startUpload('docker/registry/v2/repositories/a/_uploads/1', old, {});
    await started(another());
    while (s3.count('AbortMultipartUpload') < 3) await new Promise(setImmediate);
    const kept = [...s3.store.uploads.keys()].sort();
    const young = uploads.filter(({ startedAt }) => startedAt === now).map(({ id }) => id);
    assert.equal(kept, [...young, foreign.id].sort());
  });

  it('does nothing any more after it is closed', async () => {
    const { storage } = bed();
    await storage.close();
    await rejects(storage.records.get('kagami/a'), StorageFailed);
  });
});

async function started<S extends { start(): Promise<void> }>(storage: S): Promise<S> {
  await storage.start();
  return storage;
}
