import * as assert from 'uvu/assert';
import { HmacSigner } from '../../src/adapters/system/hmac-signer.ts';
import { parseDigest } from '../../src/domain/digest.ts';
import { authorizePeer, isPeerAuthorized } from '../../src/domain/peer-authorization.ts';
import type { SharedTransfer } from '../../src/domain/shared-transfer.ts';
import { testSuite } from '../support/suite.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

const signer = new HmacSigner(() => 'the same for all');
const transfer: SharedTransfer = {
  digest: parseDigest(`sha256:${'a'.repeat(64)}`),
  owner: 's3.0123-4567',
  offset: 0,
};

const OTHERS: Readonly<Record<string, SharedTransfer>> = {
  'another digest': { ...transfer, digest: parseDigest(`sha256:${'b'.repeat(64)}`) },
  'another owner': { ...transfer, owner: 's3.0123-4568' },
  'another offset': { ...transfer, offset: 1 },
};

testSuite('a mirror that asks another', (it) => {
  const header = authorizePeer(signer, transfer, NOW);

  it('shows that it has the secret, and not the secret', () => {
    assert.match(header, /^Kagami-HMAC-SHA256 expires=1800000060, signature=[0-9a-f]{64}$/);
    assert.is(isPeerAuthorized(signer, header, transfer, NOW), true);
  });

  it('need not have the very same time', () => {
    for (const [skewMs, isRight] of [
      [-4 * MINUTE, true],
      [-6 * MINUTE, false],
      [4 * MINUTE, true],
      [6 * MINUTE, false],
    ] as const) {
      assert.is(isPeerAuthorized(signer, header, transfer, NOW + skewMs), isRight, `${skewMs}`);
    }
  });

  it('must have the very same secret', () => {
    const other = new HmacSigner(() => 'the same for some');
    assert.is(isPeerAuthorized(other, header, transfer, NOW), false);
  });

  for (const [what, other] of Object.entries(OTHERS)) {
    it(`is given nothing for ${what} by that`, () => {
      assert.is(isPeerAuthorized(signer, header, other, NOW), false);
    });
  }

  it('is not believed if it has changed anything of it', () => {
    for (const changed of [
      header.replace('expires=1800000060', 'expires=1800000061'),
      header.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      header.slice(0, -1),
      `${header}0`,
      header.toUpperCase().replace('KAGAMI', 'Kagami'),
      'Kagami-HMAC-SHA256 ',
      'Kagami-HMAC-SHA256 expires=, signature=',
      `Kagami-HMAC-SHA256 expires=${'9'.repeat(400)}, signature=a`,
    ]) {
      assert.is(isPeerAuthorized(signer, changed, transfer, NOW), false, changed);
    }
  });

  it('is no mirror if it shows nothing, or something else', () => {
    for (const other of [undefined, '', 'Basic YTpi', 'Kagami-HMAC-SHA256']) {
      assert.is(isPeerAuthorized(signer, other, transfer, NOW), undefined);
    }
  });
});
