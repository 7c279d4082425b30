import * as assert from 'uvu/assert';
import { parseDigest } from '../../src/domain/digest.ts';
import { parseSharedTransfer, sharedTransferPath } from '../../src/domain/shared-transfer.ts';
import { testSuite } from '../support/suite.ts';

const HEX = 'a'.repeat(64);
const DIGEST = parseDigest(`sha256:${HEX}`);
const OWNER = 's3.0123-4567.aHR0cDovLzEwLjAuMC43OjUwMDAv';

const OTHERS: readonly (readonly [path: string, query: string])[] = [
  ['', ''],
  ['v2/', ''],
  ['kagami/transfers/', 'from=0'],
  [`kagami/transfers/sha256:${HEX}`, 'from=0'],
  [`kagami/transfers/${OWNER}/sha256:${HEX.slice(1)}`, 'from=0'],
  [`kagami/transfers/${OWNER}/sha256:${HEX}/more`, 'from=0'],
  [`kagami/transfers/../sha256:${HEX}/`, 'from=0'],
  [`kagami/transfers/a b/sha256:${HEX}`, 'from=0'],
  [`kagami/transfers//sha256:${HEX}`, 'from=0'],
  ...['', 'from=', 'from=-1', 'from=01', 'from=1e3', 'from=0&from=1', `from=${'9'.repeat(17)}`].map(
    (query) => [`kagami/transfers/${OWNER}/sha256:${HEX}`, query] as const,
  ),
];

testSuite('what one mirror asks another for', (it) => {
  it('is found in its path', () => {
    for (const offset of [0, 1, 7 * 1024 ** 3]) {
      const transfer = { digest: DIGEST, owner: OWNER, offset };
      const [path = '', query = ''] = sharedTransferPath(transfer).split('?');
      assert.is(path, `kagami/transfers/${OWNER}/${DIGEST}`);
      assert.equal(parseSharedTransfer(path, query), transfer);
    }
  });

  for (const [path, query] of OTHERS) {
    it(`is not at ${path}?${query}`, () => {
      assert.is(parseSharedTransfer(path, query), undefined);
    });
  }
});
