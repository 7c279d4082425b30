import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { CONFIGURATION_INDEX } from '../../../src/app/config/configuration.ts';
import { describeConfiguration } from '../../../src/app/config/describe.ts';
import { testSuite } from '../../support/suite.ts';

const PAGE = new URL('../../../docs/configuration.md', import.meta.url);
const RENEW = 'WRITE_DOCS=1 npx tsx test/support/run.ts test/app/config describe';

testSuite('docs/configuration.md says what the schema says', (it) => {
  it(`it is as the schema makes it; if not, ${RENEW}`, () => {
    const page = describeConfiguration();
    if (process.env['WRITE_DOCS'] !== undefined) writeFileSync(PAGE, page);
    assert.is(readFileSync(PAGE, 'utf8'), page);
  });

  it('every setting is in it, by itself or with its section', () => {
    const page = describeConfiguration();
    for (const { key, ownStanding, field } of CONFIGURATION_INDEX.fields) {
      if (ownStanding && field.kind === 'setting') assert.match(page, `\`${key}\``);
    }
  });

  it('the keys of lists of sections are in it, and what of them is secret', () => {
    const page = describeConfiguration();
    const password =
      '| `proxy.credentials.N.password` | `REGISTRY_PROXY_CREDENTIALS_N_PASSWORD` | text |';
    const row = page.split('\n').find((line) => line.startsWith(password));
    assert.match(row ?? '', 'Never printed.');
    for (const key of ['match', 'maxage', 'stalewhilerevalidate', 'staleiferror', 'immutable']) {
      assert.match(page, `| \`proxy.tags.rules.N.${key}\` |`);
    }
  });

  it('every setting has a meaning', () => {
    for (const { key, field } of CONFIGURATION_INDEX.fields) {
      if (field.kind === 'setting') assert.ok(field.help.length > 0, key);
    }
  });
});
