import * as assert from 'uvu/assert';
import { createLogger } from '../../../src/adapters/telemetry/logger.ts';
import { EXIT } from '../../../src/app/exit-code.ts';
import { Supervisor } from '../../../src/app/workers/supervisor.ts';
import { testSuite } from '../../support/suite.ts';

testSuite('the supervisor of workers', (it) => {
  const { execPath } = process;
  it.afterEach(() => {
    process.execPath = execPath;
  });

  it('says so in its code when the system makes no process for a worker', async () => {
    process.execPath = '/nowhere/node';
    const logger = createLogger(
      { level: 'error', formatter: 'json', fields: {} },
      { write: () => {} },
    );
    const supervisor = new Supervisor({ count: 2, logger, stopSignal: never });
    assert.is(await supervisor.run(), EXIT.failure);
  });
});

function never(): Promise<string> {
  return new Promise(() => {});
}
