import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import {
  BLOB,
  BLOB_DIGEST,
  known,
  type RequestCase,
  range,
  requestCases,
  UNKNOWN,
} from './request-cases.ts';

const HEADERS = {
  'content-type': 'application/octet-stream',
  'content-length': '10',
  'docker-content-digest': BLOB_DIGEST,
  etag: `"${BLOB_DIGEST}"`,
  'accept-ranges': 'bytes',
  'cache-control': 'max-age=31536000',
  'x-accel-buffering': 'no',
  'docker-distribution-api-version': 'registry/2.0',
};

const CASES: readonly RequestCase[] = [
  { does: 'gives a blob', path: BLOB, status: 200, headers: HEADERS, body: '0123456789' },
  {
    does: 'gives the headers of a blob',
    path: BLOB,
    asking: { method: 'HEAD' },
    status: 200,
    headers: HEADERS,
    body: '',
  },
  {
    does: 'does not know a blob',
    path: `/v2/alpine/blobs/${UNKNOWN}`,
    status: 404,
    headers: { 'accept-ranges': undefined, 'cache-control': undefined },
    body: { code: 'BLOB_UNKNOWN' },
  },
  {
    does: 'does not know the blob of another repository',
    path: `/v2/other/blobs/${BLOB_DIGEST}`,
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
  {
    does: 'does not send a blob that the client has',
    path: BLOB,
    asking: known(`W/"${BLOB_DIGEST}", "x"`),
    status: 304,
    headers: {
      'content-type': undefined,
      'content-length': undefined,
      'cache-control': 'max-age=31536000',
    },
    body: '',
  },
  { does: 'takes * for any blob', path: BLOB, asking: known('*'), status: 304 },
  {
    does: 'takes * for no blob that it does not know',
    path: `/v2/alpine/blobs/${UNKNOWN}`,
    asking: known('*'),
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
];

testSuite('blobs over HTTP', (it) => {
  const serving = requestCases(it, CASES);

  it('opens no blob when only its headers are wanted', async () => {
    serving.mirror.calls.length = 0;
    await serving.ask(BLOB, { method: 'HEAD' });
    await serving.ask(BLOB, known(BLOB_DIGEST));
    await serving.ask(BLOB, range('bytes=x'));
    assert.equal(serving.mirror.calls, Array(3).fill(`statBlob library/alpine ${BLOB_DIGEST}`));
  });

  it('sends clients elsewhere for the bytes of a blob, but not for its headers', async () => {
    const elsewhere = 'https://bucket.example.com/data?X-Amz-Signature=1';
    serving.mirror.locations.set(`library/alpine ${BLOB_DIGEST}`, elsewhere);
    try {
      const answer = await serving.ask(BLOB);
      assert.is(answer.status, 307);
      assert.is(answer.headers.location, elsewhere);
      assert.is(answer.headers['docker-content-digest'], BLOB_DIGEST);
      assert.is(answer.headers['cache-control'], 'no-store');
      assert.is(answer.body.length, 0);
      assert.is((await serving.ask(BLOB, range('bytes=0-3'))).status, 307);
      assert.is((await serving.ask(BLOB, { method: 'HEAD' })).status, 200);
      assert.is((await serving.ask(BLOB, known(BLOB_DIGEST))).status, 304);
    } finally {
      serving.mirror.locations.clear();
    }
  });

  it('has closed every blob, and holds no memory for one', () => {
    assert.ok(serving.mirror.readers.length > 0);
    assert.ok(serving.mirror.readers.every((reader) => reader.isClosed));
    assert.is(serving.server.pool.lentBytes, 0);
    assert.is(serving.server.pool.users, 0);
  });
});
