import * as assert from 'uvu/assert';
import { HmacSigner } from '../../../src/adapters/system/hmac-signer.ts';
import { testSuite } from '../../support/suite.ts';

testSuite('HmacSigner', (it) => {
  // RFC 4231 §4.3.
  const signer = new HmacSigner(() => 'Jefe');
  const text = 'what do ya want for nothing?';
  const signature = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

  it('signs as the standard has it', () => assert.is(signer.sign(text), signature));

  it('knows what is signed from what is not', () => {
    assert.is(signer.isSigned(text, signature), true);
    assert.is(signer.isSigned(`${text}!`, signature), false);
    assert.is(signer.isSigned(text, signature.slice(1)), false);
    assert.is(signer.isSigned(text, ''), false);
  });
});
