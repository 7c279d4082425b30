import * as assert from 'uvu/assert';
import { ageInWords, countInWords } from '../../src/app/in-words.ts';
import { tableLines } from '../../src/app/table.ts';
import { testSuite } from '../support/suite.ts';

const HOUR_MS = 3_600_000;

testSuite('what is said to people', (it) => {
  it('has ages in the largest unit that they fill', () => {
    assert.is(ageInWords(-5000), '0s');
    assert.is(ageInWords(999), '0s');
    assert.is(ageInWords(59_999), '59s');
    assert.is(ageInWords(60_000), '1m');
    assert.is(ageInWords(HOUR_MS - 1), '59m');
    assert.is(ageInWords(47 * HOUR_MS), '1d');
    assert.is(ageInWords(400 * 24 * HOUR_MS), '400d');
  });

  it('has counts of one and of several', () => {
    assert.equal(
      [0, 1, 2].map((count) => countInWords(count, 'image')).join(),
      '0 images,1 image,2 images',
    );
  });

  it('has columns below their titles, numbers to the right', () => {
    const columns = [{ title: 'NAME' }, { title: 'SIZE', isRight: true }, { title: 'WHY' }];
    const rows = [
      ['a', '1', ''],
      ['longer', '12345', 'old'],
    ];
    assert.equal(tableLines(columns, rows), [
      'NAME     SIZE  WHY',
      'a           1',
      'longer  12345  old',
    ]);
  });
});
