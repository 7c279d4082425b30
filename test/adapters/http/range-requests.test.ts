import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import {
  BLOB,
  BLOB_DIGEST,
  type RequestCase,
  range,
  requestCases,
  UNKNOWN,
} from './request-cases.ts';

function part(first: number, last: number): Record<string, string> {
  return {
    'content-range': `bytes ${first}-${last}/10`,
    'content-length': String(last - first + 1),
  };
}

const CASES: readonly RequestCase[] = [
  {
    does: 'ignores a range on HEAD, for which none is defined',
    path: BLOB,
    asking: { ...range('bytes=2-3'), method: 'HEAD' },
    status: 200,
    headers: { 'content-length': '10', 'content-range': undefined },
  },
  {
    does: 'gives a part',
    path: BLOB,
    asking: range('bytes=2-4'),
    status: 206,
    headers: part(2, 4),
    body: '234',
  },
  {
    does: 'gives the rest',
    path: BLOB,
    asking: range('bytes=7-'),
    status: 206,
    headers: part(7, 9),
    body: '789',
  },
  {
    does: 'gives everything as a part',
    path: BLOB,
    asking: range('bytes=0-'),
    status: 206,
    headers: part(0, 9),
    body: '0123456789',
  },
  {
    does: 'gives the last',
    path: BLOB,
    asking: range('bytes=-3'),
    status: 206,
    headers: part(7, 9),
    body: '789',
  },
  {
    does: 'moves an end beyond the end',
    path: BLOB,
    asking: range('bytes=8-99'),
    status: 206,
    headers: part(8, 9),
    body: '89',
  },
  {
    does: 'gives the whole for several ranges',
    path: BLOB,
    asking: range('bytes=0-1,4-5'),
    status: 200,
    headers: { 'content-range': undefined },
    body: '0123456789',
  },
  { does: 'gives the whole for other units', path: BLOB, asking: range('lines=1-2'), status: 200 },
  {
    does: 'gives a part of the same',
    path: BLOB,
    asking: range('bytes=0-0', { 'If-Range': `"${BLOB_DIGEST}"` }),
    status: 206,
    body: '0',
  },
  {
    does: 'gives the whole of another',
    path: BLOB,
    asking: range('bytes=0-0', { 'If-Range': `"${UNKNOWN}"` }),
    status: 200,
    body: '0123456789',
  },
  {
    does: 'gives the whole after a date',
    path: BLOB,
    asking: range('bytes=0-0', { 'If-Range': 'Tue, 24 Nov 2026 08:00:00 GMT' }),
    status: 200,
  },
  {
    does: 'has no byte beyond the end',
    path: BLOB,
    asking: range('bytes=10-'),
    status: 416,
    headers: { 'content-range': 'bytes */10', 'docker-content-digest': undefined },
    body: { code: 'RANGE_INVALID' },
  },
  {
    does: 'has no byte backwards',
    path: BLOB,
    asking: range('bytes=5-2'),
    status: 416,
    headers: { 'content-range': 'bytes */10' },
    body: { code: 'RANGE_INVALID' },
  },
  { does: 'refuses a range without numbers', path: BLOB, asking: range('bytes=-'), status: 416 },
  { does: 'refuses a range of words', path: BLOB, asking: range('bytes=a-b'), status: 416 },
  {
    does: 'refuses a malformed range of an unknown blob',
    path: `/v2/alpine/blobs/${UNKNOWN}`,
    asking: range('bytes=x'),
    status: 404,
    body: { code: 'BLOB_UNKNOWN' },
  },
];

testSuite('parts of blobs over HTTP', (it) => {
  const serving = requestCases(it, CASES);

  it('has closed every blob, and holds no memory for one', () => {
    assert.ok(serving.mirror.readers.length > 0);
    assert.ok(serving.mirror.readers.every((reader) => reader.isClosed));
    assert.is(serving.server.pool.lentBytes, 0);
    assert.is(serving.server.pool.users, 0);
  });
});
