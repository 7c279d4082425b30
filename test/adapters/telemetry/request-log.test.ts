import * as assert from 'uvu/assert';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import type { AnsweredRequest } from '../../../src/adapters/telemetry/request-line.ts';
import { RequestLog } from '../../../src/adapters/telemetry/request-log.ts';
import { testSuite } from '../../support/suite.ts';

const HIT: AnsweredRequest = {
  method: 'GET',
  path: '/v2/library/alpine/manifests/3.20?ns=docker.io',
  status: 200,
  bytes: 1245,
  leftToProxy: undefined,
  durationMs: 0.3499,
  source: 'hit',
  client: '10.0.0.7',
  aborted: false,
  error: undefined,
};

const REQUESTS: readonly (readonly [string, AnsweredRequest])[] = [
  ['a hit', HIT],
  ['an answer without a source', { ...HIT, source: undefined }],
  ['an answer on a Unix socket', { ...HIT, client: undefined }],
  ['a client that left', { ...HIT, aborted: true }],
  ['a blob that the proxy in front sends', { ...HIT, bytes: 0, leftToProxy: 4711 }],
  ['a path with quotes and control characters', { ...HIT, path: '/v2/"\u0007\n' }],
  ['a client with an IPv6 address', { ...HIT, client: '::ffff:10.0.0.7' }],
];

const FIELDS = { service: 'mirror', environment: 'test room' };

interface Written {
  lines: string[];
  log: RequestLog;
  /** What the logger itself makes of the same request. */
  readonly reference: (request: AnsweredRequest) => void;
}

function logs(formatter: 'text' | 'json', isOn = true, level: 'info' | 'error' = 'info'): Written {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const logger = createLogger({ level, formatter, fields: FIELDS }, { write });
  const reference = ({ method, path, durationMs, aborted, error, ...rest }: AnsweredRequest) => {
    const ms = Math.round(durationMs * 10) / 10;
    const { source, client, ...numbers } = rest;
    const fields = { ...numbers, ms, source, client, ...(aborted && { aborted }) };
    logger.info(fields, `${method} ${path}`);
    assert.is(error, undefined);
  };
  return { lines, log: new RequestLog(logger, { isOn, formatter, fields: FIELDS }), reference };
}

function withoutTime(line: string | undefined): string {
  return (line ?? '').replace(/"?time"?[=:]"[^"]+"/, 'TIME');
}

testSuite('RequestLog', (it) => {
  for (const formatter of ['text', 'json'] as const) {
    for (const [what, request] of REQUESTS) {
      it(`writes of ${what} what the logger would write as ${formatter}`, () => {
        const { lines, log, reference } = logs(formatter);
        log.request(request);
        reference(request);
        assert.is(lines.length, 2);
        assert.is(withoutTime(lines[0]), withoutTime(lines[1]));
        assert.match(lines[0] ?? '', /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/);
      });
    }
  }

  it('writes nothing of an answered request when the access log is off', () => {
    const { lines, log } = logs('text', false);
    log.request(HIT);
    log.request({ ...HIT, status: 404, error: new Error('no such tag') });
    assert.equal(lines, []);
  });

  it('writes of a failure of the mirror even then, with every cause and no stack', () => {
    const { lines, log } = logs('text', false);
    const cause = new Error('connection refused');
    log.request({ ...HIT, status: 502, error: new Error('no upstream', { cause }) });
    assert.is(lines.length, 1);
    assert.match(lines[0] ?? '', 'level=error');
    assert.match(lines[0] ?? '', 'error="no upstream: connection refused"');
    assert.not.match(lines[0] ?? '', 'at ');
  });

  it('writes nothing below the level of the logger', () => {
    const { lines, log } = logs('json', true, 'error');
    log.request(HIT);
    assert.equal(lines, []);
  });
});
