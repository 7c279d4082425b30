import * as assert from 'uvu/assert';
import {
  type ContentRange,
  parseContentRange,
} from '../../../../src/adapters/upstream/registry/content-range.ts';
import { nextLink } from '../../../../src/adapters/upstream/registry/link-header.ts';
import { isTrustedRealm } from '../../../../src/adapters/upstream/registry/realm-trust.ts';
import { retryAfterSeconds } from '../../../../src/adapters/upstream/registry/retry-after.ts';
import { parseToken } from '../../../../src/adapters/upstream/registry/token.ts';
import { testSuite } from '../../../support/suite.ts';

const NOW = Date.UTC(2026, 0, 1);

const RETRY_AFTER: [value: string | undefined, seconds: number | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['-1', undefined],
  ['0', 0],
  ['60', 60],
  [' 60 ', 60],
  ['1.2', 2],
  ['3600', 3600],
  ['86400', 3600],
  ['999999999', 3600],
  [String(NOW / 1000 + 90), 90],
  [String(NOW / 1000 - 90), 0],
  ['99999999999999999999', 3600],
  ['Thu, 01 Jan 2026 00:02:00 GMT', 120],
  ['Thu, 01 Jan 2026 05:00:00 GMT', 3600],
  ['Thursday, 01-Jan-26 00:02:00 GMT', 120],
  ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
];

testSuite('Retry-After', (it) => {
  for (const [value, seconds] of RETRY_AFTER) {
    it(`${value ?? 'none'} means ${seconds ?? 'nothing'}`, () => {
      assert.is(retryAfterSeconds(value, NOW), seconds);
    });
  }
});

const REALMS: [registry: string, realm: string, trusted: boolean][] = [
  ['https://registry-1.docker.io/v2/', 'https://auth.docker.io/token', true],
  ['https://registry-1.docker.io/v2/', 'https://docker.io/token', true],
  ['https://registry-1.docker.io/v2/', 'https://registry-1.docker.io:8443/token', true],
  ['https://registry-1.docker.io/v2/', 'https://REGISTRY-1.docker.IO/token', true],
  ['https://registry-1.docker.io/v2/', 'http://auth.docker.io/token', false],
  ['https://registry-1.docker.io/v2/', 'https://auth.docker.io.evil.example/token', false],
  ['https://registry-1.docker.io/v2/', 'https://evildocker.io/token', false],
  ['https://registry-1.docker.io/v2/', 'https://auth.docker.com/token', false],
  ['https://registry.a.co.uk/v2/', 'https://auth.b.co.uk/token', false],
  ['https://registry.a.co.uk/v2/', 'https://auth.a.co.uk/token', true],
  ['https://registry/v2/', 'https://auth/token', false],
  ['http://registry:5000/v2/', 'http://registry:5001/token', true],
  ['http://registry:5000/v2/', 'https://registry/token', true],
  ['http://127.0.0.1:5000/v2/', 'http://127.0.0.1:5001/token', true],
  ['http://127.0.0.1:5000/v2/', 'http://10.0.0.1:5000/token', false],
  ['http://10.1.0.1/v2/', 'http://10.2.0.1/token', false],
  ['http://[::1]:5000/v2/', 'http://[::1]:5001/token', true],
  ['http://[2001:db8::1]/v2/', 'http://[2001:db8::2]/token', false],
];

testSuite('trust in a token service', (it) => {
  for (const [registry, realm, trusted] of REALMS) {
    it(`${registry} ${trusted ? 'may' : 'may not'} send our password to ${realm}`, () => {
      assert.is(isTrustedRealm(new URL(registry), new URL(realm)), trusted);
    });
  }
});

const RANGES: [value: string | undefined, range: ContentRange | undefined][] = [
  ['bytes 5-9/10', { first: 5, last: 9, size: 10 }],
  ['bytes 0-0/*', { first: 0, last: 0, size: undefined }],
  ['Bytes 5-9/10', { first: 5, last: 9, size: 10 }],
  ['bytes 9-5/10', undefined],
  ['bytes */10', undefined],
  ['bytes=5-9/10', undefined],
  ['items 5-9/10', undefined],
  ['', undefined],
  [undefined, undefined],
];

testSuite('Content-Range', (it) => {
  for (const [value, range] of RANGES) {
    it(`reads ${value ?? 'none'}`, () => {
      assert.equal(parseContentRange(value), range);
    });
  }
});

const LINKS: [headers: string[], next: string | undefined][] = [
  [['</v2/a/tags/list?last=x&n=2>; rel="next"'], '/v2/a/tags/list?last=x&n=2'],
  [['</a>; rel=next'], '/a'],
  [['</a>; title="b,c"; REL="prev next"'], '/a'],
  [['</a>; rel="prev", </b,c>; rel="next"'], '/b,c'],
  [['</a>; rel="prev"', '</b>;rel="next"'], '/b'],
  [['</a>; rel="nextone"'], undefined],
  [['</a>'], undefined],
  [['nonsense'], undefined],
  [[], undefined],
];

testSuite('the next page of a Link header', (it) => {
  for (const [headers, next] of LINKS) {
    it(`of ${headers.join(' and ') || 'none'} is ${next ?? 'none'}`, () => {
      assert.is(nextLink(headers), next);
    });
  }
});

/** Seconds for which the token may be used: ten less than its time. */
const TOKENS: [body: string, value: string | undefined, seconds?: number][] = [
  ['{"token":"a","expires_in":300}', 'a', 290],
  ['{"token":"a"}', 'a', 50],
  ['{"token":"a","expires_in":5}', 'a', 50],
  ['{"token":"a","expires_in":-5}', 'a', 50],
  ['{"token":"a","expires_in":"300"}', 'a', 50],
  ['{"token":"a","expires_in":1e300}', 'a', 86_390],
  ['{"access_token":"b","expires_in":100}', 'b', 90],
  ['{"token":"a","access_token":"b"}', 'a', 50],
  ['{"token":"","access_token":"b"}', 'b', 50],
  ['{"token":"a\\r\\nx: y"}', undefined],
  ['{"token":1}', undefined],
  ['{}', undefined],
  ['null', undefined],
  ['"token"', undefined],
  ['{"token": ', undefined],
  ['', undefined],
];

testSuite("a token service's answer", (it) => {
  for (const [body, value, seconds = 0] of TOKENS) {
    it(`${body || 'of nothing'} gives ${value ?? 'no token'}`, () => {
      const token = value === undefined ? undefined : { value, usableUntil: NOW + seconds * 1000 };
      assert.equal(parseToken(body, NOW), token);
    });
  }
});
