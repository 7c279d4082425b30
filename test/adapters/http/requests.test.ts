import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { type Asking, codeOf, Serving } from './serving.ts';

const CONTENT = Buffer.from('0123456789');
const BLOB = sha256(CONTENT);
const UNKNOWN = sha256('unknown');
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

const serving = new Serving({ headers: { 'X-Content-Type-Options': ['nosniff'] } });
const { mirror } = serving;
const manifest = mirror.addManifest('library/alpine', '3.20', { schemaVersion: 2, mediaType: OCI });
const MANIFEST = manifest.descriptor.digest;
const SIZE = String(manifest.bytes.length);
mirror.addBlob('library/alpine', CONTENT);

const manifestHeaders = {
  'content-type': OCI,
  'content-length': SIZE,
  'docker-content-digest': MANIFEST,
  etag: `"${MANIFEST}"`,
  'docker-distribution-api-version': 'registry/2.0',
  'x-content-type-options': 'nosniff',
};
const blobHeaders = {
  'content-type': 'application/octet-stream',
  'content-length': '10',
  'docker-content-digest': BLOB,
  etag: `"${BLOB}"`,
  'accept-ranges': 'bytes',
  'cache-control': 'max-age=31536000',
  'x-accel-buffering': 'no',
  'docker-distribution-api-version': 'registry/2.0',
};
const path = `/v2/alpine/blobs/${BLOB}`;
const range = (value: string, more: Record<string, string> = {}): Asking => ({
  headers: { Range: value, ...more },
});
const known = (value: string): Asking => ({ headers: { 'If-None-Match': value } });
const part = (first: number, last: number): Record<string, string> => ({
  'content-range': `bytes ${first}-${last}/10`,
  'content-length': String(last - first + 1),
});
const noBody = { 'content-type': undefined, 'content-length': undefined };

interface Case {
  readonly does: string;
  readonly path: string;
  readonly asking?: Asking;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The body; or the code of an OCI error. */
  readonly body?: string | { readonly code: string };
}

const tagged = '/v2/alpine/manifests/3.20';
const text = Buffer.from(manifest.bytes).toString();

const CASES: readonly Case[] = [
  {
    does: 'says that it is there',
    path: '/',
    status: 200,
    headers: { 'cache-control': 'no-cache', 'content-length': '0' },
    body: '',
  },
  { does: 'is healthy', path: '/healthz', status: 200, body: '' },
  {
    does: 'is a registry, without a challenge',
    path: '/v2/',
    status: 200,
    headers: {
      'content-type': 'application/json',
      'docker-distribution-api-version': 'registry/2.0',
      'www-authenticate': undefined,
    },
    body: '{}',
  },
  { does: 'is a registry without the slash too', path: '/v2', status: 200, body: '{}' },
  {
    does: 'answers HEAD of the base without a body',
    path: '/v2/',
    asking: { method: 'HEAD' },
    status: 200,
    headers: { 'content-length': '2' },
    body: '',
  },
  {
    does: 'echoes the namespace',
    path: '/v2/?ns=docker.io',
    status: 200,
    headers: { 'oci-namespace': 'docker.io' },
  },
  {
    does: 'gives a manifest by tag',
    path: tagged,
    status: 200,
    headers: manifestHeaders,
    body: text,
  },
  {
    does: 'gives a manifest by digest',
    path: `/v2/library/alpine/manifests/${MANIFEST}?ns=docker.io`,
    status: 200,
    headers: { ...manifestHeaders, 'oci-namespace': 'docker.io' },
    body: text,
  },
  {
    does: 'gives the headers of a manifest',
    path: tagged,
    asking: { method: 'HEAD' },
    status: 200,
    headers: manifestHeaders,
    body: '',
  },
  {
    does: 'gives a manifest whatever is accepted, and never compressed',
    path: tagged,
    asking: { headers: { Accept: INDEX, 'Accept-Encoding': 'gzip, zstd' } },
    status: 200,
    headers: { ...manifestHeaders, 'content-encoding': undefined },
    body: text,
  },
  {
    does: 'ignores a range of a manifest',
    path: tagged,
    asking: range('bytes=0-3'),
    status: 200,
    headers: { 'content-range': undefined },
    body: text,
  },
  {
    does: 'ignores the body of a GET',
    path: tagged,
    asking: { body: 'x'.repeat(100_000) },
    status: 200,
    body: text,
  },
  {
    does: 'does not send a manifest that the client has',
    path: tagged,
    asking: known(`"${MANIFEST}"`),
    status: 304,
    headers: { ...noBody, etag: `"${MANIFEST}"`, 'docker-content-digest': MANIFEST },
    body: '',
  },
  {
    does: 'answers HEAD of what the client has',
    path: tagged,
    asking: { ...known(MANIFEST), method: 'HEAD' },
    status: 304,
  },
  { does: 'sends another manifest', path: tagged, asking: known(`"${BLOB}"`), status: 200 },
  {
    does: 'does not know a tag',
    path: '/v2/alpine/manifests/none',
    status: 404,
    headers: { 'docker-content-digest': undefined, etag: undefined, 'content-encoding': undefined },
    body: { code: 'MANIFEST_UNKNOWN' },
  },
  {
    does: 'answers HEAD of an unknown tag without a body',
    path: '/v2/alpine/manifests/none',
    asking: { method: 'HEAD' },
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '',
  },
  { does: 'gives a blob', path, status: 200, headers: blobHeaders, body: '0123456789' },
  {
    does: 'gives the headers of a blob',
    path,
    asking: { method: 'HEAD' },
    status: 200,
    headers: blobHeaders,
    body: '',
  },
  {
    does: 'ignores a range on HEAD, for which none is defined',
    path,
    asking: { ...range('bytes=2-3'), method: 'HEAD' },
    status: 200,
    headers: { 'content-length': '10', 'content-range': undefined },
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
    path: `/v2/other/blobs/${BLOB}`,
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
  {
    does: 'does not send a blob that the client has',
    path,
    asking: known(`W/"${BLOB}", "x"`),
    status: 304,
    headers: { ...noBody, 'cache-control': 'max-age=31536000' },
    body: '',
  },
  { does: 'takes * for any blob', path, asking: known('*'), status: 304 },
  {
    does: 'takes * for no blob that it does not know',
    path: `/v2/alpine/blobs/${UNKNOWN}`,
    asking: known('*'),
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
  {
    does: 'gives a part',
    path,
    asking: range('bytes=2-4'),
    status: 206,
    headers: part(2, 4),
    body: '234',
  },
  {
    does: 'gives the rest',
    path,
    asking: range('bytes=7-'),
    status: 206,
    headers: part(7, 9),
    body: '789',
  },
  {
    does: 'gives everything as a part',
    path,
    asking: range('bytes=0-'),
    status: 206,
    headers: { ...blobHeaders, ...part(0, 9) },
    body: '0123456789',
  },
  {
    does: 'gives the last',
    path,
    asking: range('bytes=-3'),
    status: 206,
    headers: part(7, 9),
    body: '789',
  },
  {
    does: 'moves an end beyond the end',
    path,
    asking: range('bytes=8-99'),
    status: 206,
    headers: part(8, 9),
    body: '89',
  },
  {
    does: 'gives the whole for several ranges',
    path,
    asking: range('bytes=0-1,4-5'),
    status: 200,
    headers: { 'content-range': undefined },
    body: '0123456789',
  },
  { does: 'gives the whole for other units', path, asking: range('lines=1-2'), status: 200 },
  {
    does: 'gives a part of the same',
    path,
    asking: range('bytes=0-0', { 'If-Range': `"${BLOB}"` }),
    status: 206,
    body: '0',
  },
  {
    does: 'gives the whole of another',
    path,
    asking: range('bytes=0-0', { 'If-Range': `"${UNKNOWN}"` }),
    status: 200,
    body: '0123456789',
  },
  {
    does: 'gives the whole after a date',
    path,
    asking: range('bytes=0-0', { 'If-Range': 'Tue, 24 Nov 2026 08:00:00 GMT' }),
    status: 200,
  },
  {
    does: 'has no byte beyond the end',
    path,
    asking: range('bytes=10-'),
    status: 416,
    headers: { 'content-range': 'bytes */10', 'docker-content-digest': undefined },
    body: { code: 'RANGE_INVALID' },
  },
  {
    does: 'has no byte backwards',
    path,
    asking: range('bytes=5-2'),
    status: 416,
    headers: { 'content-range': 'bytes */10' },
    body: { code: 'RANGE_INVALID' },
  },
  { does: 'refuses a range without numbers', path, asking: range('bytes=-'), status: 416 },
  { does: 'refuses a range of words', path, asking: range('bytes=a-b'), status: 416 },
  {
    does: 'refuses a malformed range of an unknown blob',
    path: `/v2/alpine/blobs/${UNKNOWN}`,
    asking: range('bytes=x'),
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => ({
    does: `takes no ${method}`,
    path: method === 'POST' ? '/v2/alpine/blobs/uploads/' : tagged,
    asking: { method },
    status: 405,
    headers: { allow: 'GET, HEAD', 'content-type': 'application/json' },
    body: { code: 'UNSUPPORTED' },
  })),
  {
    does: 'knows no upload',
    path: '/v2/alpine/blobs/uploads/',
    status: 405,
    headers: { allow: 'GET, HEAD' },
    body: { code: 'UNSUPPORTED' },
  },
  {
    does: 'takes no body',
    path: tagged,
    asking: { method: 'PUT', body: 'x'.repeat(50_000), headers: { Expect: '100-continue' } },
    status: 405,
    body: { code: 'UNSUPPORTED' },
  },
  { does: 'ends at the registry', path: '/etc/passwd', status: 404, body: { code: 'UNSUPPORTED' } },
  {
    does: 'does not leave the tree',
    path: '/v2/%2e%2e/%2e%2e/etc/passwd',
    status: 404,
    body: { code: 'UNSUPPORTED' },
  },
  {
    does: 'refuses a name',
    path: '/v2/UPPER/manifests/1',
    status: 400,
    headers: { 'docker-distribution-api-version': 'registry/2.0' },
    body: { code: 'NAME_INVALID' },
  },
  {
    does: 'refuses a malformed tag as unknown, as the conformance suite asks',
    path: '/v2/alpine/manifests/.INVALID_MANIFEST_NAME',
    status: 404,
    body: { code: 'TAG_INVALID' },
  },
  {
    does: 'refuses a digest, with a body in the request',
    path: '/v2/alpine/manifests/sha256:totallywrong',
    asking: { body: '{}' },
    status: 400,
    body: { code: 'DIGEST_INVALID' },
  },
];

testSuite('the registry over HTTP', (it) => {
  it('starts', async () => void (await serving.start()));
  it.after(() => serving.stop());

  for (const { does, path: target, asking, status, headers = {}, body } of CASES) {
    it(`${does}: ${asking?.method ?? 'GET'} ${target}`, async () => {
      const answer = await serving.ask(target, asking);
      assert.is(answer.status, status);
      for (const [name, value] of Object.entries(headers)) {
        assert.is(answer.headers[name], value, name);
      }
      if (typeof body === 'object') assert.is(codeOf(answer), body.code);
      else if (body !== undefined) assert.is(answer.body.toString(), body);
    });
  }

  it('opens no blob when only its headers are wanted', async () => {
    mirror.calls.length = 0;
    await serving.ask(path, { method: 'HEAD' });
    await serving.ask(path, known(BLOB));
    await serving.ask(path, range('bytes=x'));
    assert.equal(mirror.calls, Array(3).fill(`statBlob library/alpine ${BLOB}`));
  });

  it('has closed every blob, and holds no memory for one', () => {
    assert.ok(mirror.readers.length > 10);
    assert.ok(mirror.readers.every((reader) => reader.isClosed));
    assert.is(serving.server.pool.lentBytes, 0);
    assert.is(serving.server.pool.users, 0);
  });
});
