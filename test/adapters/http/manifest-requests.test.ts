import { testSuite } from '../../support/suite.ts';
import {
  BLOB_DIGEST,
  known,
  MANIFEST_DIGEST,
  MANIFEST_TEXT,
  OCI_MANIFEST,
  type RequestCase,
  range,
  requestCases,
  TAGGED,
} from './request-cases.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const HEADERS = {
  'content-type': OCI_MANIFEST,
  'content-length': String(MANIFEST_TEXT.length),
  'docker-content-digest': MANIFEST_DIGEST,
  etag: `"${MANIFEST_DIGEST}"`,
  'docker-distribution-api-version': 'registry/2.0',
  'x-content-type-options': 'nosniff',
};

const CASES: readonly RequestCase[] = [
  {
    does: 'gives a manifest by tag',
    path: TAGGED,
    status: 200,
    headers: HEADERS,
    body: MANIFEST_TEXT,
  },
  {
    does: 'gives a manifest by digest',
    path: `/v2/library/alpine/manifests/${MANIFEST_DIGEST}?ns=docker.io`,
    status: 200,
    headers: { ...HEADERS, 'oci-namespace': 'docker.io' },
    body: MANIFEST_TEXT,
  },
  {
    does: 'gives the headers of a manifest',
    path: TAGGED,
    asking: { method: 'HEAD' },
    status: 200,
    headers: HEADERS,
    body: '',
  },
  {
    does: 'gives a manifest whatever is accepted, and never compressed',
    path: TAGGED,
    asking: { headers: { Accept: INDEX, 'Accept-Encoding': 'gzip, zstd' } },
    status: 200,
    headers: { ...HEADERS, 'content-encoding': undefined },
    body: MANIFEST_TEXT,
  },
  {
    does: 'ignores a range of a manifest',
    path: TAGGED,
    asking: range('bytes=0-3'),
    status: 200,
    headers: { 'content-range': undefined },
    body: MANIFEST_TEXT,
  },
  {
    does: 'ignores the body of a GET',
    path: TAGGED,
    asking: { body: 'x'.repeat(100_000) },
    status: 200,
    body: MANIFEST_TEXT,
  },
  {
    does: 'does not send a manifest that the client has',
    path: TAGGED,
    asking: known(`"${MANIFEST_DIGEST}"`),
    status: 304,
    headers: {
      'content-type': undefined,
      'content-length': undefined,
      etag: `"${MANIFEST_DIGEST}"`,
      'docker-content-digest': MANIFEST_DIGEST,
    },
    body: '',
  },
  {
    does: 'answers HEAD of what the client has',
    path: TAGGED,
    asking: { ...known(MANIFEST_DIGEST), method: 'HEAD' },
    status: 304,
  },
  { does: 'sends another manifest', path: TAGGED, asking: known(`"${BLOB_DIGEST}"`), status: 200 },
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
];

testSuite('manifests over HTTP', (it) => {
  requestCases(it, CASES);
});
