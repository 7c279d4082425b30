import { testSuite } from '../../support/suite.ts';
import { type RequestCase, requestCases, TAGGED } from './request-cases.ts';

const CASES: readonly RequestCase[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => ({
    does: `takes no ${method}`,
    path: method === 'POST' ? '/v2/alpine/blobs/uploads/' : TAGGED,
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
    path: TAGGED,
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

testSuite('what is refused', (it) => {
  requestCases(it, CASES);
});
