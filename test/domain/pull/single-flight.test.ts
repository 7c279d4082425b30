import * as assert from 'uvu/assert';
import { SingleFlight } from '../../../src/domain/pull/single-flight.ts';
import { Gate } from '../../support/gate.ts';
import { rejects, testSuite } from '../../support/suite.ts';

testSuite('SingleFlight', (it) => {
  it('runs one task for all who come while it runs, and tells who joined', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const task = async (): Promise<number> => ++runs;
    const all = [1, 2, 3].map(() => flights.run('a', task));
    assert.equal(
      all.map(({ joined }) => joined),
      [false, true, true],
    );
    assert.equal(await Promise.all(all.map(({ result }) => result)), [1, 1, 1]);
  });

  it('keeps the keys apart', async () => {
    const flights = new SingleFlight<string>();
    const landing = new Gate();
    const waiting = flights.run('a', async () => {
      await landing.passed;
      return 'a';
    });
    assert.is(await flights.run('b', async () => 'b').result, 'b');
    landing.open();
    assert.is(await waiting.result, 'a');
  });

  it('runs anew once it has landed, whether well or not', async () => {
    const flights = new SingleFlight<number>();
    await rejects(flights.run('a', () => Promise.reject(new TypeError())).result, TypeError);
    const next = flights.run('a', async () => 7);
    assert.not(next.joined);
    assert.is(await next.result, 7);
  });

  it('fails all who wait for it', async () => {
    const flights = new SingleFlight<number>();
    const all = [1, 2].map(() => flights.run('a', () => Promise.reject(new TypeError())));
    for (const { result } of all) await rejects(result, TypeError);
  });
});
