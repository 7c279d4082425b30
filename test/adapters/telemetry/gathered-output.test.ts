import * as assert from 'uvu/assert';
import { GatheredOutput } from '../../../src/adapters/telemetry/gathered-output.ts';
import { eventually } from '../../support/eventually.ts';
import { testSuite } from '../../support/suite.ts';

class Writes {
  readonly all: string[] = [];
  flushes = 0;

  write(text: string): void {
    this.all.push(text);
  }

  flushSync(): void {
    this.flushes++;
  }
}

testSuite('gathered output', (it) => {
  it('is handed over when there is enough of it, in the order it came', () => {
    const writes = new Writes();
    const output = new GatheredOutput(writes);
    const line = `${'x'.repeat(99)}\n`;
    for (let count = 0; count < 159; count++) output.write(line);
    assert.equal(writes.all, []);
    output.write('the last\n'.padEnd(100, ' '));
    assert.equal(writes.all, [line.repeat(159) + 'the last\n'.padEnd(100, ' ')]);
  });

  it('is handed over after a moment, each time', async () => {
    const writes = new Writes();
    const output = new GatheredOutput(writes);
    // Its own timer keeps no process alive.
    const alive = setInterval(() => {}, 10);
    for (const line of ['one\n', 'two\n']) {
      output.write(line);
      await eventually(() => writes.all.at(-1) === line, `${line} is written`);
    }
    clearInterval(alive);
    assert.is(writes.all.length, 2);
  });

  it('is written at once when all of it is to be', () => {
    const writes = new Writes();
    const output = new GatheredOutput(writes);
    output.write('one\n');
    output.flushSync();
    assert.equal(writes.all, ['one\n']);
    assert.is(writes.flushes, 1);
    output.flushSync();
    assert.equal(writes.all, ['one\n'], 'nothing is written twice, or empty');
  });
});
