import * as assert from 'uvu/assert';
import { LeasesAmongOthers } from '../../../src/domain/lease/leases-among-others.ts';
import { SOLE_LEASES } from '../../../src/domain/lease/sole-leases.ts';
import type { Owners } from '../../../src/domain/ports/owners.ts';
import { testSuite } from '../../support/suite.ts';

function parts(): { leases: LeasesAmongOthers; asked: string[]; others: { areThere: boolean } } {
  const asked: string[] = [];
  const others = { areThere: false };
  const owners = { isAlone: async () => !others.areThere } as Owners;
  const shared = {
    ...SOLE_LEASES,
    take: (name: string) => {
      asked.push(name);
      return SOLE_LEASES.take(name);
    },
  };
  return { leases: new LeasesAmongOthers(shared, owners), asked, others };
}

testSuite('leases for what is done twice rather than shared dearly', (it) => {
  it('are written down while others are there, and only then', async () => {
    const { leases, asked, others } = parts();
    assert.ok('lease' in (await leases.take('one')));
    others.areThere = true;
    assert.ok('lease' in (await leases.take('two')));
    others.areThere = false;
    await leases.take('three');
    assert.equal(asked, ['two']);
  });
});
