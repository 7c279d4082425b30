import * as assert from 'uvu/assert';
import { decodeUtf8, encodeUtf8 } from '../../src/domain/utf8.ts';
import { testSuite } from '../support/suite.ts';

testSuite('UTF-8', (it) => {
  it('is written and read', () => {
    for (const text of ['', 'a', 'ä€鏡🪞']) assert.is(decodeUtf8(encodeUtf8(text)), text);
  });

  it('is not guessed at', () => {
    assert.throws(
      () => decodeUtf8(Uint8Array.of(0xff)),
      (error: unknown) => error instanceof TypeError,
    );
  });
});
