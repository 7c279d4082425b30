import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import { Secret } from '../../../src/app/config/secret.ts';
import { testSuite } from '../../support/suite.ts';

testSuite('a secret shows itself only when asked to', (it) => {
  const secret = new Secret('hunter2');

  it('reveals its value', () => assert.is(secret.reveal(), 'hunter2'));

  it('is redacted as text, as JSON and when inspected', () => {
    assert.is(String(secret), '[redacted]');
    assert.is(JSON.stringify({ secret }), '{"secret":"[redacted]"}');
    assert.is(inspect({ secret }, { showHidden: true }), '{ secret: [redacted] }');
  });
});
