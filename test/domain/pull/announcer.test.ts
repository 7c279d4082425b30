import * as assert from 'uvu/assert';
import { Announcer } from '../../../src/domain/pull/announcer.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { testSuite } from '../../support/suite.ts';

function announcer(everyMs: number): { clock: ManualClock; news: Announcer; told: () => number } {
  const clock = new ManualClock();
  let told = 0;
  const news = new Announcer(clock, everyMs, () => told++);
  return { clock, news, told: () => told };
}

testSuite('Announcer', (it) => {
  it('tells the first news at once', () => {
    const { news, told } = announcer(5);
    news.soon();
    assert.is(told(), 1);
  });

  it('gathers what follows, and tells it once when the time is over', () => {
    const { clock, news, told } = announcer(5);
    for (let count = 0; count < 10; count++) news.soon();
    assert.is(told(), 1);
    clock.advance(5);
    assert.is(told(), 2);
    clock.advance(50);
    assert.is(told(), 2);
  });

  it('tells at once again after a pause', () => {
    const { clock, news, told } = announcer(5);
    news.soon();
    clock.advance(5);
    news.soon();
    assert.is(told(), 2);
  });

  it('does not keep waiting what cannot wait', () => {
    const { clock, news, told } = announcer(5);
    news.soon();
    news.soon();
    news.now();
    assert.is(told(), 2);
    clock.advance(5);
    assert.is(told(), 2);
  });

  it('keeps nothing waiting because the clock was set back', () => {
    let nowMs = 3_600_000;
    let told = 0;
    const clock = { now: () => nowMs, after: () => () => {} };
    const news = new Announcer(clock, 5, () => told++);
    news.soon();
    nowMs = 0;
    news.soon();
    assert.is(told, 2);
  });

  it('tells each news at once where nothing is to be gathered', () => {
    const { news, told } = announcer(0);
    for (let count = 0; count < 3; count++) news.soon();
    assert.is(told(), 3);
  });
});
