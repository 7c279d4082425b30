import * as assert from 'uvu/assert';
import {
  ASK_ON_EACH_PULL,
  type Freshness,
  type FreshnessPolicy,
  freshnessOf,
  isUsableOnError,
  policyFor,
} from '../../src/domain/freshness.ts';
import { ImagePattern } from '../../src/domain/image-pattern.ts';
import { parseTag } from '../../src/domain/reference.ts';
import { ALPINE } from '../support/pull-parts.ts';
import { testSuite } from '../support/suite.ts';

const NOW = 1_000_000;

function policy(more: Partial<FreshnessPolicy>): FreshnessPolicy {
  return { ...ASK_ON_EACH_PULL, ...more };
}

testSuite('the freshness of a digest', (it) => {
  const swr = policy({ maxAgeMs: 100, staleWhileRevalidateMs: 50 });
  const cases: [what: string, FreshnessPolicy, ageMs: number | undefined, Freshness][] = [
    ['checked just now, by default', ASK_ON_EACH_PULL, 0, 'stale'],
    ['of unknown age', policy({ maxAgeMs: 100 }), undefined, 'stale'],
    ['younger than max-age', policy({ maxAgeMs: 100 }), 99, 'fresh'],
    ['as old as max-age', policy({ maxAgeMs: 100 }), 100, 'stale'],
    ['within max-age, with stale-while-revalidate', swr, 99, 'fresh'],
    ['within stale-while-revalidate', swr, 149, 'revalidate-behind'],
    ['beyond stale-while-revalidate', swr, 150, 'stale'],
    ['of an immutable tag', policy({ immutable: true }), 1e9, 'fresh'],
    ['of an immutable tag, of unknown age', policy({ immutable: true }), undefined, 'fresh'],
    ['checked in the future', policy({ maxAgeMs: 100 }), -1, 'stale'],
    ['checked in the future, by default', ASK_ON_EACH_PULL, -1, 'stale'],
  ];
  for (const [what, how, ageMs, freshness] of cases) {
    it(`${what} is ${freshness}`, () => {
      const checkedAtMs = ageMs === undefined ? undefined : NOW - ageMs;
      assert.is(freshnessOf(how, checkedAtMs, NOW), freshness);
    });
  }
});

testSuite('a digest after asking in vain', (it) => {
  const bounded = policy({ staleIfErrorMs: 100 });
  const cases: [what: string, FreshnessPolicy, ageMs: number | undefined, usable: boolean][] = [
    ['of any age by default', ASK_ON_EACH_PULL, 1e12, true],
    ['of unknown age by default', ASK_ON_EACH_PULL, undefined, true],
    ['as old as stale-if-error', bounded, 100, true],
    ['older than stale-if-error', bounded, 101, false],
    ['of unknown age with stale-if-error', bounded, undefined, false],
    ['of an immutable tag', policy({ staleIfErrorMs: 0, immutable: true }), 1e9, true],
  ];
  for (const [what, how, ageMs, usable] of cases) {
    it(`${what} is ${usable ? '' : 'not '}served`, () => {
      const checkedAtMs = ageMs === undefined ? undefined : NOW - ageMs;
      assert.is(isUsableOnError(how, checkedAtMs, NOW), usable);
    });
  }
});

testSuite('the policy of a tag', (it) => {
  it('is that of the first rule that matches, else the default', () => {
    const slim = { pattern: new ImagePattern('library/*:*-slim'), policy: policy({ maxAgeMs: 1 }) };
    const all = { pattern: new ImagePattern('library/*'), policy: policy({ maxAgeMs: 2 }) };
    const none = { pattern: new ImagePattern('grafana/*'), policy: policy({ maxAgeMs: 3 }) };
    const of = (rules: (typeof slim)[], tag: string): number =>
      policyFor(rules, ASK_ON_EACH_PULL, ALPINE, parseTag(tag)).maxAgeMs;
    assert.is(of([none, slim, all], '3-slim'), 1);
    assert.is(of([none, all, slim], '3-slim'), 2);
    assert.is(of([none, slim, all], '3'), 2);
    assert.is(of([none, slim], '3'), 0);
  });
});
