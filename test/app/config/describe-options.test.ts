import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { describeOptions } from '../../../src/app/config/describe-options.ts';
import { testSuite } from '../../support/suite.ts';

const SOURCE = new URL('../../../src/app/config/configuration-options.ts', import.meta.url);
const RENEW = 'WRITE_DOCS=1 npx tsx test/support/run.ts test app/config/describe';

testSuite('the type of the configuration says what the schema says', (it) => {
  it(`it is as the schema makes it; if not, ${RENEW}`, () => {
    const source = describeOptions();
    if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(SOURCE, source);
    assert.is(readFileSync(SOURCE, 'utf8'), source);
  });
});
