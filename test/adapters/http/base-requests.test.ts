import { testSuite } from '../../support/suite.ts';
import { type RequestCase, requestCases } from './request-cases.ts';

const CASES: readonly RequestCase[] = [
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
];

testSuite('the base of the registry', (it) => {
  requestCases(it, CASES);
});
