import * as assert from 'uvu/assert';
import { Gate } from '../../support/gate.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { testSuite } from '../../support/suite.ts';
import { type Scene, LAYER_SIZE as SIZE, scenes } from './scene.ts';

const HALF = SIZE / 2;
const REST = `bytes=${HALF}-`;

function status(code: number): FaultAction {
  return { type: 'status', status: code };
}

/** One break: what befalls the first request, and from where the second one asks. */
const BREAKS: readonly (readonly [what: string, fault: FaultAction, second: string | undefined])[] =
  [
    ['is reset before it is answered', { type: 'reset' }, undefined],
    ['is never answered', { type: 'hang' }, undefined],
    ['is answered with 500', status(500), undefined],
    ['is answered with 503', status(503), undefined],
    ['is answered with 403, as an expired link is', status(403), undefined],
    ['is answered with 404 by the CDN', status(404), undefined],
    ['is answered with a web page', { type: 'html' }, undefined],
    ['is answered compressed', { type: 'encoding' }, undefined],
    ['is answered with bare line feeds', { type: 'bare-lf' }, undefined],
    ['is cut before the first byte', { type: 'cut', after: 0 }, undefined],
    ['is cut after the first byte', { type: 'cut', after: 1 }, 'bytes=1-'],
    ['is cut in the middle', { type: 'cut', after: HALF }, REST],
    ['is cut before the last byte', { type: 'cut', after: SIZE - 1 }, `bytes=${SIZE - 1}-`],
    ['stalls before the first byte', { type: 'stall', after: 0 }, undefined],
    ['stalls in the middle', { type: 'stall', after: HALF }, REST],
    ['stalls before the last byte', { type: 'stall', after: SIZE - 1 }, `bytes=${SIZE - 1}-`],
  ];

/** What befalls the second request, after the first was cut in the middle: it asks once more. */
const SECOND_BREAKS: readonly (readonly [what: string, fault: FaultAction])[] = [
  ['is reset', { type: 'reset' }],
  ['is answered with 502', status(502)],
  ['is answered with 416', status(416)],
  ['is answered with a web page', { type: 'html' }],
  ['is answered compressed', { type: 'encoding' }],
  [
    'is answered with another part',
    { type: 'headers', headers: { 'content-range': `bytes 0-${HALF - 1}/${SIZE}` } },
  ],
  [
    'is answered without telling which part',
    { type: 'headers', headers: { 'content-range': undefined } },
  ],
];

/** Of the mirror's time, which passes five times as fast as that of the machine. */
const ENV = { PROXY_STALLTIMEOUT: '2s' };

testSuite('A download that breaks', (it) => {
  const scene = scenes(it);

  async function cold(): Promise<Scene> {
    const made = await scene({ env: ENV });
    await made.pullManifests();
    made.hub.arrivals.clear();
    return made;
  }

  for (const [what, fault, second] of BREAKS) {
    it(`and ${what} goes on, and each byte is sent once`, async () => {
      const made = await cold();
      made.layerMeets(fault);
      made.assertIsLayer(await made.askForLayer());
      const asked = made.layerRequests;
      assert.equal(
        asked.map(({ range }) => range),
        [undefined, second],
      );
      const content = fault.type === 'html' || fault.type === 'encoding' ? asked.slice(1) : asked;
      assert.is(
        content.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
        SIZE,
      );
      // The link is asked for anew each time.
      assert.is(made.hub.arrivals.count('blob-get'), 2);
      const [resumed, ...more] = made.mirror.events('transfer-resumed');
      assert.equal(more, []);
      if (fault.type === 'hang') assert.match(String(resumed?.['error']), 'within 2000 ms');
    });
  }

  for (const [what, fault] of SECOND_BREAKS) {
    it(`in the middle, and then ${what}, goes on all the same`, async () => {
      const made = await cold();
      made.layerMeets({ type: 'cut', after: HALF }, fault);
      made.assertIsLayer(await made.askForLayer());
      const ranges = made.layerRequests.map(({ range }) => range);
      assert.equal(ranges, [undefined, REST, REST]);
      await made.assertNothingWrongIsKept();
    });
  }
});

for (const onDisk of [false, true]) {
  testSuite(`A download that breaks, kept ${onDisk ? 'on disk' : 'in memory'}`, (it) => {
    const scene = scenes(it);

    async function cold(env: Record<string, string> = ENV): Promise<Scene> {
      const made = await scene({ onDisk, env });
      await made.pullManifests();
      made.hub.arrivals.clear();
      return made;
    }

    it('after its last byte is whole', async () => {
      const made = await cold();
      made.layerMeets({ type: 'stall', after: SIZE });
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerRequests.length, 1);
    });

    it('at an upstream that ignores ranges is read again, and what is here is skipped', async () => {
      const made = await cold();
      made.layerMeets({ type: 'cut', after: HALF }, { type: 'ignore-range' });
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerBytes, HALF + SIZE);
    });

    it('when its token has expired goes on with a new one', async () => {
      const made = await cold();
      made.layerMeets({ type: 'cut', after: HALF });
      made.assertIsLayer(await made.askForLayer({ piece: () => made.hub.expireTokens() }));
      assert.is(made.layerBytes, SIZE);
      assert.is(made.hub.arrivals.count('token'), 1);
      assert.is(made.hub.arrivals.count('challenge'), 1);
    });

    it('while the registry fails asks that again, and the CDN for each byte once', async () => {
      const made = await cold();
      made.layerMeets({ type: 'cut', after: HALF });
      made.hub.faults.add({ server: 'registry', kind: 'blob-get', times: 1, action: status(307) });
      made.hub.faults.add({ server: 'registry', kind: 'blob-get', times: 1, action: status(500) });
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerBytes, SIZE);
    });

    it('again and again goes on as long as it brings anything', async () => {
      const made = await cold({ ...ENV, PROXY_RETRIES: '1' });
      const parts = 12;
      made.layerMeets(...Array.from({ length: parts - 1 }, () => cut(SIZE / parts)));
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerBytes, SIZE);
      assert.is(made.layerRequests.length, parts);
    });

    it('and brings nothing more is given up after proxy.retries, and later goes on from there', async () => {
      const made = await cold({ ...ENV, PROXY_RETRIES: '2' });
      made.layerMeets({ type: 'cut', after: HALF }, status(500), status(500), status(500));
      const first = await made.askForLayer();
      assert.not.ok(first.isComplete);
      assert.is(made.layerRequests.length, 3);
      made.hub.faults.clear();
      made.assertIsLayer(await made.askForLayer());
      assert.is(made.layerBytes, SIZE);
      assert.is(made.mirror.events('transfer-failed').length, 1);
    });

    it('is seen by nobody who joined it, nor ended by the first one leaving', async () => {
      const made = await cold();
      const gate = new Gate();
      made.layerMeets({ type: 'cut', after: HALF }, { type: 'hold', until: gate.passed });
      const leaver = new AbortController();
      const first = made.get(`blobs/${made.layer.digest}`, { signal: leaver.signal });
      await made.hub.arrivals.reached('cdn-get', 2);
      const others = Array.from({ length: 10 }, () => made.askForLayer());
      const part = await made.askForLayer({ headers: { range: 'bytes=1000-1999' } });
      assert.is(part.status, 206);
      assert.equal(part.body, Buffer.from(made.layer.bytes.subarray(1000, 2000)));
      await first;
      leaver.abort();
      gate.open();
      for (const got of await Promise.all(others)) made.assertIsLayer(got);
      assert.is(made.layerBytes, SIZE);
      const sources = made.mirror.requests(made.layer.digest).map(({ source }) => source);
      assert.equal(sources.filter((source) => source === 'joined').length, 11);
    });
  });
}

function cut(after: number): FaultAction {
  return { type: 'cut', after };
}

testSuite('A download that was stopped', (it) => {
  const scene = scenes(it);

  it('with the mirror goes on in the next one, which has compared what was left', async () => {
    const made = await scene({ onDisk: true });
    await made.pullManifests();
    const forget = made.layerAlwaysMeets({ type: 'stall', after: HALF });
    const half = new Gate();
    const first = made.askForLayer({ piece: (bytes) => void (bytes >= HALF && half.open()) });
    await half.passed;
    await made.restart();
    assert.not.ok((await first).isComplete);
    forget();
    made.assertIsLayer(await made.askForLayer());
    assert.is(made.layerBytes, SIZE);
    const [, second] = made.layerRequests;
    assert.is(second?.range, REST);
  });
});
