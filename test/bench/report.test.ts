import * as assert from 'uvu/assert';
import { CASES } from '../../bench/cases/all.ts';
import { BenchFailure } from '../../bench/support/bench-failure.ts';
import { readOptions } from '../../bench/support/options.ts';
import { Samples } from '../../bench/support/samples.ts';
import { mediansTable, ratiosTable } from '../../bench/support/table.ts';
import { testSuite } from '../support/suite.ts';

const [FIRST, SECOND] = CASES;

testSuite('Benchmark: command line', (it) => {
  it('runs everything unless cases are named', () => {
    const options = readOptions([]);
    assert.is(options.cases, CASES);
    assert.ok(options.whole);
  });

  it('runs the named cases, and keeps no results of a part or of a quick run', () => {
    const { cases, whole } = readOptions([SECOND?.name ?? '', '--rounds', '2']);
    assert.equal(
      cases.map(({ name }) => name),
      [SECOND?.name],
    );
    assert.not(whole);
    assert.not(readOptions(['--quick']).whole);
  });

  it('refuses what means nothing', () => {
    for (const args of [['nonsense'], ['--rounds', '0'], ['--nonsense']]) {
      assert.throws(
        () => readOptions(args),
        (error: Error) => error instanceof BenchFailure,
      );
    }
  });

  it('knows each case and each of its metrics by one name', () => {
    assert.is(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  });
});

testSuite('Benchmark: tables', (it) => {
  const sides = { ours: ['a'], others: ['b'] };

  it('tell medians, and how many times better ours is, whichever way is better', () => {
    if (!FIRST) throw new Error('there is no case');
    const samples = new Samples([FIRST]);
    for (const value of [300, 100, 200]) samples.add(FIRST, 'a', [value, value / 1e6]);
    samples.add(FIRST, 'b', [100, 400 / 1e6]);
    assert.match(mediansTable(samples.rows, sides), /\| +200\/s \| +100\/s \|/);
    const ratios = ratiosTable(samples.rows, sides);
    assert.equal(ratios.match(/[\d.]+x/g), ['2.00x', '2.00x']);
  });

  it('leave out what cannot be compared', () => {
    if (!FIRST) throw new Error('there is no case');
    const samples = new Samples([FIRST]);
    samples.add(FIRST, 'a', [100, Number.NaN]);
    assert.match(mediansTable(samples.rows, sides), /\| +100\/s \| +- \|/);
    assert.not.match(ratiosTable(samples.rows, sides), FIRST.metrics[0]?.label ?? '');
  });
});
