import * as assert from 'uvu/assert';
import { parseGoDuration } from '../../../src/app/config/go-duration.ts';
import { testSuite } from '../../support/suite.ts';

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['168h', 604_800_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1.s', 1000],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['250μs', 0.25],
  ['1000000ns', 1],
  ['1h2m3s4ms', 3_723_004],
  ['-1s', -1000],
  ['+1s', 1000],
  ['0', 0],
  ['-0', 0],
  ['5000000', 5],
  ['-5000000', -5],
  ['', undefined],
  ['-', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['1.5', undefined],
  ['90 s', undefined],
  ['90S', undefined],
  ['1d', undefined],
  ['1h30', undefined],
  ['soon', undefined],
  ['1s\n', undefined],
  ['--1s', undefined],
  ['0x10', undefined],
  ['2562047h', 9_223_369_200_000],
  ['2562048h', undefined],
  ['99999999999999999999', undefined],
];

testSuite('durations are read as Go reads them', (it) => {
  for (const [text, milliseconds] of DURATIONS) {
    it(`${JSON.stringify(text)} is ${milliseconds ?? 'no duration'}`, () => {
      assert.is(parseGoDuration(text), milliseconds);
    });
  }
});
