import * as assert from 'uvu/assert';
import { EventLog } from '../../../src/adapters/telemetry/event-log.ts';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import { UpstreamBadAnswer } from '../../../src/domain/errors.ts';
import type { MirrorEvent } from '../../../src/domain/ports/events.ts';
import { testSuite } from '../../support/suite.ts';

const host = 'registry-1.docker.io';
const cause = new UpstreamBadAnswer(`${host} answered with status 503`, {
  detail: { host, status: 503 },
});

const EVENTS: readonly (readonly [MirrorEvent, Record<string, unknown>])[] = [
  [
    { type: 'upstream-paused', host, failures: 5, cause },
    { level: 'warn', failures: 5, error: cause.message, detail: { host, status: 503 } },
  ],
  [
    { type: 'upstream-resumed', host, pausedMs: 1_900 },
    { level: 'info', pausedMs: 1_900 },
  ],
  [
    { type: 'rate-limited', host, account: 'ann', waitMs: 60_000 },
    { level: 'warn', account: 'ann', waitMs: 60_000 },
  ],
  [
    { type: 'rate-limited', host, waitMs: 60_000 },
    { level: 'warn', waitMs: 60_000 },
  ],
  [
    { type: 'credentials-rejected', host, account: 'ann' },
    { level: 'error', account: 'ann' },
  ],
];

testSuite('what the log says of an upstream', (it) => {
  for (const [event, expected] of EVENTS) {
    it(`that is ${event.type}${'account' in event ? ' for an account' : ''}`, () => {
      const lines: string[] = [];
      const write = (line: string): void => void lines.push(line);
      const logger = createLogger({ level: 'info', formatter: 'json', fields: {} }, { write });
      new EventLog(logger).emit(event);
      assert.is(lines.length, 1);
      const { time: _, msg, ...line } = JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
      assert.equal(line, { event: event.type, host, ...expected });
      assert.match(String(msg), 'the upstream');
    });
  }
});
