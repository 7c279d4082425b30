import * as assert from 'uvu/assert';
import { nearest } from '../../../src/app/config/nearest.ts';
import { testSuite } from '../../support/suite.ts';

const KEYS = ['remoteurl', 'username', 'password', 'ttl', 'rootdirectory', 'constructor'];

const WORDS: readonly (readonly [string, string | undefined])[] = [
  ['remoteurll', 'remoteurl'],
  ['remotURL', 'remoteurl'],
  ['RemoteURL', 'remoteurl'],
  ['passwort', 'password'],
  ['user', 'username'],
  ['rootdir', 'rootdirectory'],
  ['ttk', 'ttl'],
  ['tls', undefined],
  ['headers', undefined],
  ['x', undefined],
  ['', undefined],
];

testSuite('the nearest known key is proposed', (it) => {
  for (const [word, key] of WORDS) {
    it(`${JSON.stringify(word)} was meant to be ${key ?? 'something else'}`, () => {
      assert.is(nearest(word, KEYS), key);
    });
  }

  it('nothing is proposed where nothing is known', () => assert.is(nearest('addr', []), undefined));
});
