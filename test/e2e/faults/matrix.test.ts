import * as assert from 'uvu/assert';
import type { ArrivalKind, ServerName } from '../../support/hub/arrivals.ts';
import type { Fault, FaultAction } from '../../support/hub/faults.ts';
import { testSuite } from '../../support/suite.ts';
import { LAYER_SIZE, type Moment, scenes } from './scene.ts';

/** Which request meets the fault. */
const ENDPOINTS: Record<string, { server: ServerName; kind: ArrivalKind }> = {
  'the check of the tag': { server: 'registry', kind: 'manifest-head' },
  'the manifest': { server: 'registry', kind: 'manifest-get' },
  'the blob': { server: 'registry', kind: 'blob-get' },
  'the CDN': { server: 'cdn', kind: 'cdn-get' },
  'the token service': { server: 'auth', kind: 'token' },
};

const FAULTS: Record<string, FaultAction> = {
  'resets the connection': { type: 'reset' },
  'is answered with 500': { type: 'status', status: 500 },
  'is answered with 503 and a web page': { type: 'status', status: 503, body: '<html>' },
  'never says anything': { type: 'hang' },
  'breaks off at the first byte': { type: 'cut', after: 0 },
  'breaks off in the middle': { type: 'cut', after: LAYER_SIZE / 2 },
  'breaks off before the last byte': { type: 'cut', after: LAYER_SIZE - 1 },
  'stops in the middle': { type: 'stall', after: LAYER_SIZE / 2 },
  'sends a wrong byte': { type: 'corrupt', at: 100 },
  'sends too little': { type: 'shorter', by: 10 },
  'sends too much': { type: 'longer', by: 10 },
  'lies about the length': { type: 'wrong-length', by: 10 },
  'says no length': { type: 'chunked' },
  'answers with bare line feeds': { type: 'bare-lf' },
  'answers with a web page': { type: 'html' },
  'answers with broken JSON': { type: 'bad-json' },
  'answers compressed': { type: 'encoding' },
};

const WHOLE = 'whole';
const STALE = 'whole, stale';
const NO_MANIFEST = 'manifest 502 UNAVAILABLE';
const BROKEN = 'blob broken';
const NO_BLOB = 'blob 404 UNAVAILABLE';

type Row = readonly [
  moment: Moment,
  endpoint: keyof typeof ENDPOINTS,
  fault: keyof typeof FAULTS,
  /** What the client gets when the fault meets one request, */
  once: string,
  /** and what when it meets every one. */
  always: string,
];

/** Moment × endpoint × fault, each once and for ever: twice as many cases as rows. */
const ROWS: readonly Row[] = [
  ['cold', 'the check of the tag', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'is answered with 503 and a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'answers with bare line feeds', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'answers with a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'breaks off at the first byte', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'sends a wrong byte', NO_MANIFEST, NO_MANIFEST],
  ['cold', 'the manifest', 'answers with bare line feeds', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'answers with a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'answers compressed', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'lies about the length', WHOLE, NO_MANIFEST],
  ['cold', 'the blob', 'resets the connection', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'is answered with 500', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'answers with bare line feeds', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'resets the connection', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'is answered with 500', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'sends a wrong byte', BROKEN, BROKEN],
  ['cold', 'the CDN', 'sends too little', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'sends too much', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'lies about the length', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'breaks off before the last byte', WHOLE, WHOLE],
  ['cold', 'the CDN', 'breaks off in the middle', WHOLE, WHOLE],
  ['cold', 'the CDN', 'stops in the middle', WHOLE, WHOLE],
  ['cold', 'the CDN', 'answers compressed', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'says no length', WHOLE, WHOLE],
  ['cold', 'the CDN', 'answers with bare line feeds', WHOLE, NO_BLOB],
  ['cold', 'the token service', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'answers with broken JSON', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'answers with a web page', WHOLE, NO_MANIFEST],
  ['warm', 'the check of the tag', 'resets the connection', WHOLE, STALE],
  ['warm', 'the check of the tag', 'is answered with 500', WHOLE, STALE],
  ['warm', 'the check of the tag', 'is answered with 503 and a web page', WHOLE, STALE],
  ['warm', 'the check of the tag', 'never says anything', STALE, STALE],
  ['warm', 'the check of the tag', 'answers with bare line feeds', WHOLE, STALE],
  ['warm', 'the check of the tag', 'answers with a web page', WHOLE, STALE],
  ['warm', 'the manifest', 'is answered with 500', WHOLE, WHOLE],
  ['warm', 'the CDN', 'is answered with 500', WHOLE, WHOLE],
  ['warm', 'the token service', 'is answered with 500', WHOLE, WHOLE],
  ['moved', 'the check of the tag', 'is answered with 500', WHOLE, STALE],
  ['moved', 'the check of the tag', 'never says anything', STALE, STALE],
  ['moved', 'the manifest', 'resets the connection', WHOLE, STALE],
  ['moved', 'the manifest', 'is answered with 500', WHOLE, STALE],
  ['moved', 'the manifest', 'sends a wrong byte', STALE, STALE],
  ['moved', 'the manifest', 'answers with a web page', WHOLE, STALE],
  ['moved', 'the CDN', 'breaks off in the middle', WHOLE, WHOLE],
];

/** So that the cases in which nothing comes do not take all the time there is. */
const ENV = { PROXY_STALLTIMEOUT: '2s' };

testSuite('Whatever the upstream does', (it) => {
  const scene = scenes(it);
  for (const [moment, endpoint, fault, once, always] of ROWS) {
    for (const [times, expected] of [
      [1, once],
      [Number.POSITIVE_INFINITY, always],
    ] as const) {
      const how = times === 1 ? 'once' : 'always';
      it(`${moment}: when ${endpoint} ${fault} ${how}, a pull is ${expected}`, async () => {
        const made = await scene({ moment, env: ENV });
        const { hub } = made;
        hub.faults.add(faultAt(endpoint, fault, times));
        assert.is(await made.pull(), expected);
        await made.assertNothingWrongIsKept();
        hub.faults.clear();
        await made.recovers();
      });
    }
  }
});

function faultAt(endpoint: string, fault: string, times: number): Fault {
  const where = ENDPOINTS[endpoint];
  const action = FAULTS[fault];
  assert.ok(where && action);
  return { ...where, action, times };
}
