import * as assert from 'uvu/assert';
import { sameBytes } from '../../support/bytes.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { digestOf } from '../../support/oci-content.ts';
import { testSuite } from '../../support/suite.ts';
import { errorIn, type Got } from './client.ts';
import { type Scene, LAYER_SIZE as SIZE, scenes } from './scene.ts';

const HALF = SIZE / 2;

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at);
  return copy;
}

/** What came is the beginning of the wrong bytes, nothing else, and not all of them. */
function assertBroken(got: Got, wrong: Uint8Array): void {
  assert.not.ok(got.isComplete, 'wrong bytes were complete');
  assert.ok(got.body.length < wrong.length);
  assert.ok(sameBytes(got.body, wrong.subarray(0, got.body.length)), 'foreign bytes in the body');
}

/** Where the one wrong byte is. */
const PLACES: readonly (readonly [string, number])[] = [
  ['first', 0],
  ['middle', HALF],
  ['last but one', SIZE - 2],
  ['last', SIZE - 1],
];

/** Nothing of the layer is here, and it is whole when it is asked for again. */
async function assertForgotten(made: Scene): Promise<void> {
  const { digest } = made.layer;
  assert.is(await made.mirror.storage.blobs.stat(digest), undefined);
  made.hub.arrivals.clear();
  made.assertIsLayer(await made.askForLayer());
  assert.equal(
    made.layerRequests.map(({ range }) => range),
    [undefined],
  );
}

testSuite('A blob whose bytes are wrong', (it) => {
  const scene = scenes(it);

  async function cold(): Promise<Scene> {
    const made = await scene({ onDisk: true });
    await made.pullManifests();
    return made;
  }

  for (const [place, at] of PLACES) {
    it(`at the ${place} byte ends short, is logged with both digests, and fetched anew`, async () => {
      const made = await cold();
      const { digest, bytes } = made.layer;
      const wrong = flipped(bytes, at);
      made.layerMeets({ type: 'corrupt', at });
      assertBroken(await made.askForLayer(), wrong);
      const [failed] = made.mirror.events('transfer-failed');
      assert.equal(failed?.['detail'], { expected: digest, found: digestOf(wrong) });
      await assertForgotten(made);
    });
  }

  it('in what a resumed download brought is fetched anew from its beginning', async () => {
    const made = await cold();
    made.layerMeets({ type: 'cut', after: HALF }, { type: 'corrupt', at: 10 });
    assertBroken(await made.askForLayer(), flipped(made.layer.bytes, HALF + 10));
    await assertForgotten(made);
  });

  it('ends short for all who share its download', async () => {
    const made = await cold();
    const forget = made.layerAlwaysMeets({ type: 'corrupt', at: HALF });
    const all = await Promise.all(Array.from({ length: 20 }, () => made.askForLayer()));
    for (const got of all) assertBroken(got, flipped(made.layer.bytes, HALF));
    forget();
    await assertForgotten(made);
  });

  it('never gives its last byte, to those who want only that either', async () => {
    const made = await cold();
    made.layerMeets({ type: 'corrupt', at: 0 });
    const got = await made.askForLayer({ headers: { range: `bytes=${SIZE - 100}-` } });
    assert.not.ok(got.isComplete);
    await assertForgotten(made);
  });

  for (const [how, fault] of [
    ['fewer', { type: 'shorter', by: 1 }],
    ['more', { type: 'longer', by: 1 }],
  ] as const) {
    it(`because there are ${how} than the manifest says is not begun, and is a 404`, async () => {
      const made = await cold();
      made.layerMeets(fault);
      const got = await made.askForLayer();
      assert.is(got.status, 404);
      assert.is(errorIn(got).code, 'UNAVAILABLE');
      await assertForgotten(made);
    });

    it(`because there are ${how}, of a size that nobody knows, ends short`, async () => {
      const made = await scene({ onDisk: true, hub: { redirect: false } });
      const { bytes } = made.layer;
      const wrong =
        fault.type === 'shorter' ? bytes.subarray(0, SIZE - 1) : Buffer.concat([bytes, X]);
      // The size is neither in a manifest that the mirror has seen, nor in the answer.
      made.hub.faults.add({ server: 'registry', kind: 'blob-get', times: 1, action: fault });
      const got = await made.askForLayer();
      assert.not.ok(got.isComplete && digestOf(got.body) !== made.layer.digest);
      assertBroken(got, wrong);
      made.assertIsLayer(await made.askForLayer());
    });
  }
});

const X = Buffer.from('x');

/** What is wrong with a manifest under the right status; all of it is found out. */
const WRONG: readonly (readonly [what: string, fault: FaultAction])[] = [
  ['has a wrong byte', { type: 'corrupt', at: 20 }],
  ['is too short', { type: 'shorter', by: 1 }],
  ['is too long', { type: 'longer', by: 1 }],
  ['is no JSON', { type: 'bad-json' }],
];

testSuite('A manifest whose bytes are wrong', (it) => {
  const scene = scenes(it);

  for (const [what, fault] of WRONG) {
    for (const which of ['index', 'image'] as const) {
      it(`since the ${which} ${what} is a 502 with both digests, and fetched anew`, async () => {
        const made = await scene({ onDisk: true });
        const index = made.latest.manifest.digest;
        const digest = which === 'index' ? index : (made.latest.images[0]?.manifest.digest ?? '');
        const action = {
          server: 'registry',
          kind: 'manifest-get',
          times: 1,
          action: fault,
        } as const;
        made.hub.faults.add({ ...action, match: ({ reference }) => reference === digest });
        const reference = which === 'index' ? 'latest' : digest;
        const got = await made.ask(`manifests/${reference}`);
        assert.is(got.status, 502);
        const { code, detail } = errorIn(got);
        assert.is(code, 'UNAVAILABLE');
        const { expected, found } = detail as { expected: string; found: string };
        assert.is(expected, digest);
        const [rejected] = made.mirror.events('manifest-rejected');
        assert.equal([rejected?.['digest'], rejected?.['found']], [digest, found]);
        assert.is((await made.ask(`manifests/${reference}`)).status, 200);
        await made.assertNothingWrongIsKept();
      });
    }
  }

  it('while the last known one is here is passed over for that', async () => {
    const made = await scene({ moment: 'moved' });
    made.hub.faults.add({
      server: 'registry',
      kind: 'manifest-get',
      action: { type: 'corrupt', at: 20 },
    });
    assert.is(await made.pull(), 'whole, stale');
  });

  it('is one whose digest was promised and is another, by HEAD too', async () => {
    const made = await scene();
    const { digest } = made.latest.manifest;
    const headers = { 'docker-content-digest': digestOf(X) };
    const action = { type: 'headers', headers } as const;
    made.hub.faults.add({ server: 'registry', kind: 'manifest-head', times: 1, action });
    const got = await made.ask(`manifests/${digest}`, { method: 'HEAD' });
    assert.is(got.status, 502);
  });
});
