import * as assert from 'uvu/assert';
import { CrashScene } from '../support/crash-scene.ts';
import { testSuite } from '../support/suite.ts';

/** Mirrors that run side by side over one directory, and how often each is killed. */
const LANES = 3;
const KILLS = 17;

testSuite('Mirrors that are killed at any moment', (it) => {
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);
  let scene: CrashScene;
  it.beforeEach(async () => {
    scene = await CrashScene.open(seed);
  });
  it.afterEach(() => scene.close());

  it(`show nothing wrong, lose nothing, and go on where they were (CRASH_SEED=${seed})`, async () => {
    const lanes = Array.from({ length: LANES }, (_, lane) => scene.killAgainAndAgain(KILLS, lane));
    await Promise.all(lanes);
    await scene.pullAll();
    const { resumed, sent, fromZero } = scene.downloads();
    assert.ok(scene.kills >= 50, `${scene.kills} kills`);
    assert.ok(resumed >= LANES, `${resumed} downloads went on`);
    assert.ok(sent < fromZero, `${sent} bytes were sent in place of ${fromZero}`);
  });
});
