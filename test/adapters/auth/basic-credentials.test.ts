import * as assert from 'uvu/assert';
import { basicChallenge, parseBasic } from '../../../src/adapters/auth/basic-credentials.ts';
import { testSuite } from '../../support/suite.ts';

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

testSuite('the Authorization header', (it) => {
  it('gives user name and password', () => {
    const ann = { username: 'ann', password: 'secret' };
    assert.equal(parseBasic(`Basic ${encoded('ann:secret')}`), ann);
    assert.equal(parseBasic(`basic  ${encoded('ann:secret')} `), ann);
  });

  it('gives a password with colons, an empty one, and one in UTF-8', () => {
    assert.is(parseBasic(`Basic ${encoded('ann:a:b')}`)?.password, 'a:b');
    assert.is(parseBasic(`Basic ${encoded('ann:')}`)?.password, '');
    assert.is(parseBasic(`Basic ${encoded('ann:pässwörd')}`)?.password, 'pässwörd');
  });

  it('of another kind gives nothing', () => {
    for (const header of [
      '',
      'Basic',
      'Basic ',
      `Bearer ${encoded('a:b')}`,
      'Basic !!',
      'Basic YQ==',
    ]) {
      assert.is(parseBasic(header), undefined, header);
    }
  });

  it('is asked for with the realm, quoted', () => {
    assert.is(basicChallenge('a realm'), 'Basic realm="a realm"');
    assert.is(basicChallenge('a "realm" \\'), 'Basic realm="a \\"realm\\" \\\\"');
  });
});
