import { Readable } from 'node:stream';
import * as assert from 'uvu/assert';
import type { HttpAnswer } from '../../../../src/adapters/upstream/registry/http-answer.ts';
import { allowanceOf } from '../../../../src/adapters/upstream/registry/rate-limit-headers.ts';
import type { PullAllowance } from '../../../../src/domain/rate-limit.ts';
import { testSuite } from '../../../support/suite.ts';

function answer(limit: string | undefined, remaining: string | undefined): HttpAnswer {
  return {
    url: new URL('https://registry-1.docker.io/v2/'),
    elsewhere: false,
    status: 200,
    headers: {
      ...(limit !== undefined && { 'ratelimit-limit': limit }),
      ...(remaining !== undefined && { 'ratelimit-remaining': remaining }),
      'docker-ratelimit-source': '192.0.2.1',
    },
    body: Readable.from([]),
    settle: () => {},
  };
}

function said(limit?: number, remaining?: number, windowMs?: number): PullAllowance {
  return { limit, remaining, windowMs, source: '192.0.2.1' };
}

const HEADERS: [limit: string | undefined, remaining: string | undefined, PullAllowance?][] = [
  [undefined, undefined],
  ['100;w=21600', '76;w=21600', said(100, 76, 21_600_000)],
  ['100;w=21600', '0;w=21600', said(100, 0, 21_600_000)],
  ['100;w=21600', '-12;w=21600', said(100, 0, 21_600_000)],
  [';w=21600', ';w=21600', said(undefined, undefined, 21_600_000)],
  ['100', '76', said(100, 76)],
  [' 100 ; w=60', ' 7 ; w=60', said(100, 7, 60_000)],
  ['100, 100;w=60;burst=5', '7', said(100, 7)],
  ['100;burst=5;w="60"', undefined, said(100, undefined, 60_000)],
  [undefined, '3;W=60', said(undefined, 3, 60_000)],
  ['many', 'none', said()],
  ['', '', said()],
  ['99999999999999', '1', said(undefined, 1)],
];

testSuite('the headers of a pull limit', (it) => {
  for (const [limit, remaining, expected] of HEADERS) {
    it(`${limit} and ${remaining}`, () => {
      assert.equal(allowanceOf(answer(limit, remaining)), expected);
    });
  }
});
