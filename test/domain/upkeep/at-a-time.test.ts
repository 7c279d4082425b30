import * as assert from 'uvu/assert';
import { atATime } from '../../../src/domain/upkeep/at-a-time.ts';
import { Gate } from '../../support/gate.ts';
import { settle } from '../../support/settle.ts';
import { rejects, testSuite } from '../../support/suite.ts';

class Sour extends Error {}

testSuite('so many at a time', (it) => {
  it('acts on all, and never on more than that', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await atATime(3, Array.from({ length: 10 }).keys(), async (item) => {
      most = Math.max(most, ++running);
      await settle();
      running--;
      done.push(item);
    });
    assert.equal(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.is(most, 3);
  });

  it('begins with no further one after a failure, and waits for those under way', async () => {
    const gate = new Gate();
    const begun: number[] = [];
    let isOver = false;
    const all = atATime(2, [1, 2, 3, 4], async (item) => {
      begun.push(item);
      if (item === 1) throw new Sour();
      await gate.passed;
    }).finally(() => {
      isOver = true;
    });
    await settle();
    assert.not(isOver);
    gate.open();
    await rejects(all, Sour);
    assert.equal(begun, [1, 2]);
  });

  it('fails as what it goes through fails', async () => {
    const items = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Sour();
    };
    const seen: number[] = [];
    await rejects(
      atATime(2, items(), async (item) => void seen.push(item)),
      Sour,
    );
    assert.equal(seen, [1]);
  });
});
