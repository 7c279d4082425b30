import * as assert from 'uvu/assert';
import { artifact } from '../oci-artifact.ts';
import { MEDIA_TYPES } from '../oci-content.ts';
import { image, index, layer } from '../oci-image.ts';
import { testSuite } from '../suite.ts';
import { ask, authorization, type Headers } from './hub-client.ts';
import { type HubDouble, type HubOptions, startHub } from './hub-double.ts';

const NAME = 'library/alpine';
const amd64 = image({ layers: [layer({ a: 'A' })] });
const arm64 = image({ layers: [layer({ b: 'B' })], architecture: 'arm64' });
const multi = index([{ image: amd64 }, { image: arm64 }]);
const sbom = artifact({ artifactType: 'application/x.sbom', subject: amd64.manifest });
const signature = artifact({ artifactType: 'application/x.sig', subject: amd64.manifest });
const LAYER = amd64.layers[0]?.digest ?? '';
const LAYER_SIZE = amd64.layers[0]?.bytes.length ?? 0;
const ABSENT = `sha256:${'0'.repeat(64)}`;
const INDEX = { accept: `application/json, ${MEDIA_TYPES.oci.index};q=0.5` };

async function filledHub(options?: HubOptions): Promise<HubDouble> {
  const hub = await startHub(options);
  hub.push(NAME, multi, { tags: ['3.20', 'latest'] });
  hub.push(NAME, amd64, { tags: ['3.19'] });
  hub.push(NAME, sbom);
  hub.push(NAME, signature);
  return hub;
}

interface Call {
  /** A sentence about the double. */
  it: string;
  method?: string;
  path: string;
  headers?: Headers;
  options?: HubOptions;
  status: number;
  /** Headers that must be there with this value; `null` for must not be there. */
  expect?: Record<string, string | null>;
  body?: string | RegExp;
}

const MANIFEST = `/v2/${NAME}/manifests`;
const BLOB = `/v2/${NAME}/blobs/${LAYER}`;

const CALLS: Call[] = [
  { it: 'says it implements the API', path: '/v2/', status: 200, body: '{}' },
  {
    it: 'serves an index by tag with digest, Etag, type and length',
    path: `${MANIFEST}/latest`,
    headers: INDEX,
    status: 200,
    expect: {
      'content-type': MEDIA_TYPES.oci.index,
      'docker-content-digest': multi.manifest.digest,
      etag: `"${multi.manifest.digest}"`,
      'content-length': String(multi.manifest.bytes.length),
      'docker-distribution-api-version': 'registry/2.0',
    },
    body: Buffer.from(multi.manifest.bytes).toString(),
  },
  {
    it: 'answers HEAD as GET, without a body',
    method: 'HEAD',
    path: `${MANIFEST}/latest`,
    headers: INDEX,
    status: 200,
    expect: {
      'docker-content-digest': multi.manifest.digest,
      'content-length': String(multi.manifest.bytes.length),
    },
    body: '',
  },
  {
    it: 'answers a tag with the amd64 child if Accept names no index type',
    path: `${MANIFEST}/latest`,
    headers: { accept: `${MEDIA_TYPES.oci.manifest}, */*` },
    status: 200,
    expect: { 'docker-content-digest': amd64.manifest.digest },
  },
  {
    it: 'answers a digest with that document whatever Accept says',
    path: `${MANIFEST}/${multi.manifest.digest}`,
    headers: { accept: MEDIA_TYPES.oci.manifest },
    status: 200,
    expect: { 'content-type': MEDIA_TYPES.oci.index },
  },
  {
    it: 'answers 304 to the known digest',
    path: `${MANIFEST}/3.19`,
    headers: { 'if-none-match': `"${amd64.manifest.digest}"` },
    status: 304,
    expect: { 'ratelimit-remaining': '99;w=21600' },
    body: '',
  },
  {
    it: 'knows no such tag',
    path: `${MANIFEST}/nope`,
    status: 404,
    body: /"code":"MANIFEST_UNKNOWN"/,
  },
  { it: 'knows no such manifest', path: `${MANIFEST}/${ABSENT}`, status: 404 },
  {
    it: 'counts a GET against the allowance',
    path: `${MANIFEST}/3.19`,
    status: 200,
    expect: {
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '99;w=21600',
      'docker-ratelimit-source': '127.0.0.1',
    },
  },
  {
    it: 'does not count a HEAD',
    method: 'HEAD',
    path: `${MANIFEST}/3.19`,
    status: 200,
    expect: { 'ratelimit-remaining': '100;w=21600' },
  },
  {
    it: 'refuses a GET when the allowance is used up',
    path: `${MANIFEST}/3.19`,
    options: { rateLimit: 0 },
    status: 429,
    expect: { 'ratelimit-remaining': '0;w=21600' },
    body: /"code":"TOOMANYREQUESTS"/,
  },
  {
    it: 'still answers HEAD when the allowance is used up',
    method: 'HEAD',
    path: `${MANIFEST}/3.19`,
    options: { rateLimit: 0 },
    status: 200,
  },
  {
    it: 'says nothing of an allowance that is unlimited',
    path: `${MANIFEST}/3.19`,
    options: { rateLimit: undefined },
    status: 200,
    expect: { 'ratelimit-limit': null, 'ratelimit-remaining': null },
  },
  {
    it: 'redirects a blob GET with an empty body',
    path: BLOB,
    status: 307,
    expect: { 'content-length': '0', 'docker-content-digest': null },
    body: '',
  },
  {
    it: 'answers a blob HEAD itself',
    method: 'HEAD',
    path: BLOB,
    status: 200,
    expect: { 'docker-content-digest': LAYER, 'content-length': String(LAYER_SIZE) },
  },
  {
    it: 'redirects a blob HEAD when told to',
    method: 'HEAD',
    path: BLOB,
    options: { redirectHead: true },
    status: 307,
  },
  {
    it: 'serves a blob itself when told to, ranges included',
    path: BLOB,
    headers: { range: 'bytes=1-3' },
    options: { redirect: false },
    status: 206,
    expect: { 'docker-content-digest': LAYER, 'content-range': `bytes 1-3/${LAYER_SIZE}` },
  },
  {
    it: 'knows no such blob',
    path: `/v2/${NAME}/blobs/${ABSENT}`,
    status: 404,
    body: /BLOB_UNKNOWN/,
  },
  {
    it: 'lists tags in order',
    path: `/v2/${NAME}/tags/list`,
    status: 200,
    expect: { link: null },
    body: `{"name":"${NAME}","tags":["3.19","3.20","latest"]}`,
  },
  {
    it: 'pages tags with n, last and Link',
    path: `/v2/${NAME}/tags/list?n=1&last=3.19`,
    status: 200,
    expect: { link: `</v2/${NAME}/tags/list?last=3.20&n=1>; rel="next"` },
    body: `{"name":"${NAME}","tags":["3.20"]}`,
  },
  {
    it: 'pages tags by itself when there are many',
    path: `/v2/${NAME}/tags/list`,
    options: { tagPageSize: 2 },
    status: 200,
    expect: { link: `</v2/${NAME}/tags/list?last=3.20&n=2>; rel="next"` },
  },
  {
    it: 'gives no tags and no Link for n=0',
    path: `/v2/${NAME}/tags/list?n=0`,
    status: 200,
    expect: { link: null },
    body: `{"name":"${NAME}","tags":[]}`,
  },
  { it: 'grants nobody the catalog', path: '/v2/_catalog', status: 401, body: /registry/ },
  {
    it: 'lists referrers by artifact type and says so',
    path: `/v2/${NAME}/referrers/${amd64.manifest.digest}?artifactType=application/x.sbom`,
    status: 200,
    expect: { 'content-type': MEDIA_TYPES.oci.index, 'oci-filters-applied': 'artifactType' },
    body: new RegExp(`^[^\n]*"manifests":\\[[^\n]*${sbom.manifest.digest}[^}]*\\}\\]\\}$`),
  },
  {
    it: 'lists no referrers of an unknown digest',
    path: `/v2/${NAME}/referrers/${ABSENT}`,
    status: 200,
    expect: { 'oci-filters-applied': null },
    body: /"manifests":\[\]/,
  },
  {
    it: 'has no referrers API when it is off',
    path: `/v2/${NAME}/referrers/${ABSENT}`,
    options: { referrers: false },
    status: 404,
    body: '404 page not found\n',
  },
  {
    it: 'grants nobody a push',
    method: 'POST',
    path: `/v2/${NAME}/blobs/uploads`,
    status: 401,
    body: /UNAUTHORIZED/,
  },
  {
    it: 'supports no push without authentication either',
    method: 'PUT',
    path: `${MANIFEST}/latest`,
    options: { auth: false },
    status: 405,
    body: /UNSUPPORTED/,
  },
  {
    it: 'says 404 for an unknown repository only without authentication',
    path: '/v2/library/nope/manifests/latest',
    options: { auth: false },
    status: 404,
    body: /NAME_UNKNOWN/,
  },
];

function assertBody(actual: string, expected: string | RegExp): void {
  if (typeof expected === 'string') assert.is(actual, expected);
  else assert.match(actual, expected);
}

async function check(call: Call): Promise<void> {
  const hub = await filledHub(call.options);
  try {
    const token = await authorization(hub, NAME);
    const answer = await ask(hub, call.path, { ...token, ...call.headers }, call.method);
    const body = await answer.text();
    assert.is(answer.status, call.status);
    for (const [name, value] of Object.entries(call.expect ?? {})) {
      assert.is(answer.headers.get(name), value, name);
    }
    if (call.body !== undefined) assertBody(body, call.body);
  } finally {
    await hub.close();
  }
}

testSuite('Hub double: registry', (it) => {
  for (const call of CALLS) it(call.it, () => check(call));
});
