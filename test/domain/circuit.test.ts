import * as fc from 'fast-check';
import * as assert from 'uvu/assert';
import { Circuit, DEFAULT_CIRCUIT } from '../../src/domain/circuit.ts';
import { testSuite } from '../support/suite.ts';

/** Fails as often as opens it. */
function opened(nowMs = 0): Circuit {
  const circuit = new Circuit();
  for (let times = 0; times < 5; times++) circuit.failed(nowMs);
  return circuit;
}

function fail(circuit: Circuit): void {
  while (!circuit.failed(0));
}

testSuite('a circuit', (it) => {
  it('opens with the fifth failure in a row', () => {
    const circuit = new Circuit();
    const opens = [1, 2, 3, 4, 5, 6].map((now) => circuit.failed(now));
    assert.equal(opens, [false, false, false, false, true, false]);
    assert.is(circuit.failures, 5);
  });

  it('counts anew after a success', () => {
    const circuit = new Circuit();
    for (let times = 0; times < 4; times++) circuit.failed(0);
    assert.is(circuit.succeeded(0), undefined);
    for (let times = 0; times < 4; times++) assert.not(circuit.failed(0));
    assert.ok(circuit.failed(0));
  });

  it('is closed by a success and by an answered probe, and tells for how long it was open', () => {
    for (const by of ['succeeded', 'answered'] as const) {
      const circuit = opened(100);
      assert.is(circuit[by](2_100), 2_000);
      assert.not(circuit.isOpen);
      assert.is(circuit[by](3_000), undefined);
    }
  });

  it('is probed after about two seconds, then less and less often, each half a minute at most', () => {
    const circuit = opened();
    const waits = Array.from({ length: 7 }, () => circuit.nextProbeMs(0.6));
    assert.equal(waits, [2_000, 4_000, 8_000, 16_000, 24_000, 24_000, 24_000]);
    assert.is(opened().nextProbeMs(0), 1_250);
  });

  it('is probed less often if it opens again before anything has succeeded', () => {
    const circuit = opened();
    circuit.nextProbeMs(0);
    circuit.answered(0);
    fail(circuit);
    assert.is(circuit.nextProbeMs(0), 2_500);
    circuit.succeeded(0);
    fail(circuit);
    assert.is(circuit.nextProbeMs(0), 1_250);
  });

  it('is open exactly from the fifth failure in a row to the next answer', () => {
    const step = fc.constantFrom('failed', 'succeeded', 'answered', 'probe');
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        check,
      ),
    );
  });
});

function check(steps: readonly string[], random: number): void {
  const circuit = new Circuit();
  let failures = 0;
  for (const [now, step] of steps.entries()) {
    if (step === 'probe') {
      const waitMs = circuit.nextProbeMs(random);
      assert.ok(waitMs >= DEFAULT_CIRCUIT.baseMs / 2 && waitMs <= DEFAULT_CIRCUIT.ceilingMs);
    } else if (step === 'failed') {
      failures++;
      assert.is(circuit.failed(now), failures === DEFAULT_CIRCUIT.failures);
    } else {
      const closes = failures >= DEFAULT_CIRCUIT.failures;
      failures = 0;
      assert.is(circuit[step as 'succeeded' | 'answered'](now) !== undefined, closes);
    }
    assert.is(circuit.isOpen, failures >= DEFAULT_CIRCUIT.failures);
  }
}
