import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  Cooldown,
  inOrderOfUse,
  type PullAllowance,
  PullBudget,
} from '../../src/domain/rate-limit.ts';
import { testSuite } from '../support/suite.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

testSuite('the wait after a refusal', (it) => {
  it('is a minute unless it is told, and doubles to a quarter of an hour', () => {
    const cooldown = new Cooldown();
    const waits: number[] = [];
    for (let now = 0; waits.length < 6; now += waits.at(-1) ?? 0) {
      assert.ok(cooldown.refused(now, undefined));
      waits.push(cooldown.leftMs(now));
    }
    assert.equal(
      waits.map((ms) => ms / MINUTE),
      [1, 2, 4, 8, 15, 15],
    );
  });

  it('is a minute again after a request was answered', () => {
    const cooldown = new Cooldown();
    cooldown.refused(0, undefined);
    cooldown.granted();
    cooldown.refused(MINUTE, undefined);
    assert.is(cooldown.leftMs(MINUTE), MINUTE);
  });

  it('is not doubled by those who were refused at the same time', () => {
    const cooldown = new Cooldown();
    const begins = [0, 1, 2].map((now) => cooldown.refused(now, undefined));
    assert.equal(begins, [true, false, false]);
    assert.is(cooldown.leftMs(0), MINUTE);
    cooldown.refused(MINUTE, undefined);
    assert.is(cooldown.leftMs(MINUTE), 2 * MINUTE);
  });

  it('is what is told, and the longer of two that are told', () => {
    const cooldown = new Cooldown();
    cooldown.refused(0, 20 * SECOND);
    cooldown.refused(SECOND, 5 * SECOND);
    assert.is(cooldown.leftMs(SECOND), 19 * SECOND);
    assert.not(cooldown.refused(SECOND, 30 * SECOND));
    assert.is(cooldown.leftMs(SECOND), 30 * SECOND);
  });

  it('is a second at least', () => {
    const cooldown = new Cooldown();
    cooldown.refused(0, 0);
    assert.is(cooldown.leftMs(0), SECOND);
  });

  it('does not grow when the clock is set back', () => {
    const cooldown = new Cooldown();
    cooldown.refused(10 * HOUR, MINUTE);
    assert.is(cooldown.leftMs(0), MINUTE);
  });
});

function allowance(remaining: number | undefined, windowMs?: number): PullAllowance {
  return { limit: 100, remaining, windowMs, source: 'ann' };
}

testSuite('the pulls that an account has left', (it) => {
  const cases: [what: string, allowance: PullAllowance | undefined, spentFor: number][] = [
    ['nobody knows of', undefined, 0],
    ['are not told', allowance(undefined, HOUR), 0],
    ['are some', allowance(1, HOUR), 0],
    ['are none', allowance(0, HOUR), HOUR],
    ['are less than none', allowance(-3, HOUR), HOUR],
    ['are none, for as long as at Docker Hub', allowance(0), 6 * HOUR],
  ];
  for (const [what, said, spentFor] of cases) {
    it(`${what}: it is spent for ${spentFor / HOUR} h`, () => {
      const budget = new PullBudget();
      budget.learn(said, 5);
      assert.is(budget.isSpent(5), spentFor > 0);
      assert.is(budget.isSpent(5 + Math.max(0, spentFor - 1)), spentFor > 0);
      assert.not(budget.isSpent(5 + spentFor));
    });
  }

  it('are what was said last, if something was said', () => {
    const budget = new PullBudget();
    budget.learn(allowance(0), 0);
    budget.learn(undefined, 1);
    assert.ok(budget.isSpent(2));
    budget.learn(allowance(99), 3);
    assert.not(budget.isSpent(4));
    assert.is(budget.allowance?.remaining, 99);
  });
});

interface Named {
  readonly name: string;
  readonly budget: PullBudget;
}

function threeAccounts(): [Named, Named, Named] {
  return [
    { name: 'a', budget: new PullBudget() },
    { name: 'b', budget: new PullBudget() },
    { name: 'c', budget: new PullBudget() },
  ];
}

function order(all: readonly Named[], now: number): string {
  return inOrderOfUse(all, now)
    .map(({ name }) => name)
    .join('');
}

/** What an account's pull came to: so many are left, or refused with such a wait. */
type Outcome = { remaining: number | undefined } | { told: number | undefined };

interface Step {
  readonly passMs: number;
  readonly account: number;
  readonly outcome: Outcome;
}

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    passMs: fc.nat(20 * MINUTE),
    account: fc.nat(2),
    outcome: fc.oneof(
      fc.record({ remaining: fc.option(fc.integer({ min: -1, max: 3 }), { nil: undefined }) }),
      fc.record({ told: fc.option(fc.nat(HOUR), { nil: undefined }) }),
    ),
  }),
  { maxLength: 40 },
);

/** Until when the account is not to be used after `outcome`; undefined if that says nothing of it. */
function meet({ budget }: Named, outcome: Outcome, now: number): number | undefined {
  if ('remaining' in outcome) {
    budget.learn(allowance(outcome.remaining), now);
    return undefined;
  }
  budget.cooldown.refused(now, outcome.told);
  const leftMs = budget.cooldown.leftMs(now);
  // Within a wait, one that does not say how long changes nothing.
  assert.ok(leftMs >= (outcome.told ?? 1));
  return now + leftMs;
}

function checkOrder(all: readonly Named[], until: ReadonlyMap<Named, number>, now: number): void {
  const inOrder = inOrderOfUse(all, now);
  for (const each of all) assert.is(inOrder.includes(each), (until.get(each) ?? 0) <= now);
  const spent = inOrder.map(({ budget }) => budget.isSpent(now));
  assert.not(spent.some((isSpent, at) => isSpent && spent[at + 1] === false));
}

testSuite('accounts', (it) => {
  it('are used in their order, the spent ones last and the refused ones not at all', () => {
    const all = threeAccounts();
    const [a, b] = all;
    assert.is(order(all, 0), 'abc');
    a.budget.learn(allowance(0, HOUR), 0);
    assert.is(order(all, 0), 'bca');
    b.budget.cooldown.refused(0, MINUTE);
    assert.is(order(all, 0), 'ca');
    assert.is(order(all, MINUTE), 'bca');
    assert.is(order(all, HOUR), 'abc');
  });

  it('are never used within a wait, and again after it, whatever happens', () => {
    const property = fc.property(STEPS, (steps) => {
      const all = threeAccounts();
      const until = new Map<Named, number>();
      let now = 0;
      for (const { passMs, account, outcome } of steps) {
        now += passMs;
        const one = all[account] ?? all[0];
        const untilMs = meet(one, outcome, now);
        if (untilMs !== undefined) until.set(one, untilMs);
        checkOrder(all, until, now);
      }
      assert.is(inOrderOfUse(all, now + HOUR).length, all.length);
    });
    fc.assert(property);
  });
});
