import type { ArrivalKind, ServerName } from '../../support/hub/arrivals.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { LAYER_SIZE, type Moment } from './scene.ts';

type Endpoint =
  | 'the check of the tag'
  | 'the manifest'
  | 'the blob'
  | 'the CDN'
  | 'the token service'
  | 'the challenge';

/** Which requests meet the fault; of those for blobs only the layer's. */
export const ENDPOINTS: Record<Endpoint, { server: ServerName; kind: ArrivalKind }> = {
  'the check of the tag': { server: 'registry', kind: 'manifest-head' },
  'the manifest': { server: 'registry', kind: 'manifest-get' },
  'the blob': { server: 'registry', kind: 'blob-get' },
  'the CDN': { server: 'cdn', kind: 'cdn-get' },
  'the token service': { server: 'auth', kind: 'token' },
  'the challenge': { server: 'registry', kind: 'challenge' },
};

export const FAULTS: Record<string, FaultAction> = {
  'resets the connection': { type: 'reset' },
  'never says anything': { type: 'hang' },
  'is slow': { type: 'slow', ms: 30 },
  'is answered with 400': { type: 'status', status: 400 },
  'is answered with 404 and no JSON': { type: 'status', status: 404, body: 'not found' },
  'is answered with 500': { type: 'status', status: 500 },
  'is answered with 503 and a web page': { type: 'status', status: 503, body: '<html>' },
  'is answered with 403 and a web page': {
    type: 'status',
    status: 403,
    body: '<html>',
    headers: { 'content-type': 'text/html' },
  },
  'redirects to nowhere': { type: 'status', status: 307 },
  'breaks off at the first byte': { type: 'cut', after: 0 },
  'breaks off in the middle': { type: 'cut', after: LAYER_SIZE / 2 },
  'breaks off before the last byte': { type: 'cut', after: LAYER_SIZE - 1 },
  'stops at the first byte': { type: 'stall', after: 0 },
  'stops in the middle': { type: 'stall', after: LAYER_SIZE / 2 },
  'sends a wrong byte': { type: 'corrupt', at: 20 },
  'sends too little': { type: 'shorter', by: 10 },
  'sends too much': { type: 'longer', by: 10 },
  'lies about the length': { type: 'wrong-length', by: 10 },
  'says no length': { type: 'chunked' },
  'answers with bare line feeds': { type: 'bare-lf' },
  'answers with a web page': { type: 'html' },
  'answers with broken JSON': { type: 'bad-json' },
  'answers compressed': { type: 'encoding' },
};

/** As {@link Moment}, or with everything here and the token's time over. */
export type MatrixMoment = Moment | 'expired';

export type Row = readonly [
  moment: MatrixMoment,
  endpoint: Endpoint,
  fault: string,
  /** What the client gets when the fault meets one request, */
  once: string,
  /** and what when it meets every one. */
  always: string,
];

const WHOLE = 'whole';
const STALE = 'whole, stale';
const NO_MANIFEST = 'manifest 502 UNAVAILABLE';
const LATE_MANIFEST = 'manifest 504 UNAVAILABLE';
const UNKNOWN = 'manifest 404 MANIFEST_UNKNOWN';
const BROKEN = 'blob broken';
const NO_BLOB = 'blob 404 UNAVAILABLE';

export const ROWS: readonly Row[] = [
  ['cold', 'the check of the tag', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'never says anything', LATE_MANIFEST, LATE_MANIFEST],
  ['cold', 'the check of the tag', 'is slow', WHOLE, WHOLE],
  ['cold', 'the check of the tag', 'is answered with 400', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'is answered with 404 and no JSON', UNKNOWN, UNKNOWN],
  ['cold', 'the check of the tag', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'is answered with 503 and a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'is answered with 403 and a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'redirects to nowhere', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'answers with bare line feeds', WHOLE, NO_MANIFEST],
  ['cold', 'the check of the tag', 'answers with a web page', WHOLE, NO_MANIFEST],

  ['cold', 'the manifest', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'never says anything', LATE_MANIFEST, LATE_MANIFEST],
  ['cold', 'the manifest', 'is slow', WHOLE, WHOLE],
  ['cold', 'the manifest', 'is answered with 404 and no JSON', UNKNOWN, UNKNOWN],
  ['cold', 'the manifest', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'is answered with 403 and a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'breaks off at the first byte', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'stops at the first byte', LATE_MANIFEST, LATE_MANIFEST],
  ['cold', 'the manifest', 'sends a wrong byte', NO_MANIFEST, NO_MANIFEST],
  ['cold', 'the manifest', 'sends too little', NO_MANIFEST, NO_MANIFEST],
  ['cold', 'the manifest', 'sends too much', NO_MANIFEST, NO_MANIFEST],
  ['cold', 'the manifest', 'lies about the length', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'says no length', WHOLE, WHOLE],
  ['cold', 'the manifest', 'answers with bare line feeds', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'answers with a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the manifest', 'answers with broken JSON', NO_MANIFEST, NO_MANIFEST],
  ['cold', 'the manifest', 'answers compressed', WHOLE, NO_MANIFEST],

  ['cold', 'the blob', 'resets the connection', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'never says anything', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'is slow', WHOLE, WHOLE],
  [
    'cold',
    'the blob',
    'is answered with 404 and no JSON',
    'blob 404 BLOB_UNKNOWN',
    'blob 404 BLOB_UNKNOWN',
  ],
  ['cold', 'the blob', 'is answered with 500', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'is answered with 403 and a web page', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'redirects to nowhere', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'answers with bare line feeds', WHOLE, NO_BLOB],
  ['cold', 'the blob', 'answers with a web page', WHOLE, NO_BLOB],

  ['cold', 'the CDN', 'resets the connection', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'never says anything', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'is slow', WHOLE, WHOLE],
  ['cold', 'the CDN', 'is answered with 404 and no JSON', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'is answered with 500', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'is answered with 403 and a web page', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'redirects to nowhere', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'breaks off at the first byte', WHOLE, BROKEN],
  ['cold', 'the CDN', 'breaks off in the middle', WHOLE, WHOLE],
  ['cold', 'the CDN', 'breaks off before the last byte', WHOLE, WHOLE],
  ['cold', 'the CDN', 'stops at the first byte', WHOLE, BROKEN],
  ['cold', 'the CDN', 'stops in the middle', WHOLE, WHOLE],
  ['cold', 'the CDN', 'sends a wrong byte', BROKEN, BROKEN],
  ['cold', 'the CDN', 'sends too little', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'sends too much', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'lies about the length', NO_BLOB, NO_BLOB],
  ['cold', 'the CDN', 'says no length', WHOLE, WHOLE],
  ['cold', 'the CDN', 'answers with bare line feeds', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'answers with a web page', WHOLE, NO_BLOB],
  ['cold', 'the CDN', 'answers compressed', WHOLE, NO_BLOB],

  ['cold', 'the token service', 'resets the connection', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'never says anything', LATE_MANIFEST, LATE_MANIFEST],
  ['cold', 'the token service', 'is slow', WHOLE, WHOLE],
  ['cold', 'the token service', 'is answered with 404 and no JSON', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'is answered with 500', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'breaks off at the first byte', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'answers with bare line feeds', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'answers with a web page', WHOLE, NO_MANIFEST],
  ['cold', 'the token service', 'answers with broken JSON', WHOLE, NO_MANIFEST],

  ['warm', 'the check of the tag', 'resets the connection', WHOLE, STALE],
  ['warm', 'the check of the tag', 'never says anything', STALE, STALE],
  ['warm', 'the check of the tag', 'is slow', WHOLE, WHOLE],
  ['warm', 'the check of the tag', 'is answered with 404 and no JSON', UNKNOWN, UNKNOWN],
  ['warm', 'the check of the tag', 'is answered with 500', WHOLE, STALE],
  ['warm', 'the check of the tag', 'is answered with 503 and a web page', WHOLE, STALE],
  ['warm', 'the check of the tag', 'is answered with 403 and a web page', WHOLE, STALE],
  ['warm', 'the check of the tag', 'answers with bare line feeds', WHOLE, STALE],
  ['warm', 'the check of the tag', 'answers with a web page', WHOLE, STALE],
  ['warm', 'the manifest', 'is answered with 500', WHOLE, WHOLE],
  ['warm', 'the CDN', 'is answered with 500', WHOLE, WHOLE],
  ['warm', 'the token service', 'is answered with 500', WHOLE, WHOLE],

  ['expired', 'the challenge', 'resets the connection', WHOLE, STALE],
  ['expired', 'the challenge', 'never says anything', STALE, STALE],
  ['expired', 'the challenge', 'is answered with 500', WHOLE, STALE],
  ['expired', 'the challenge', 'answers with a web page', WHOLE, STALE],
  ['expired', 'the token service', 'resets the connection', WHOLE, STALE],
  ['expired', 'the token service', 'never says anything', STALE, STALE],
  ['expired', 'the token service', 'is answered with 500', WHOLE, STALE],
  ['expired', 'the token service', 'answers with broken JSON', WHOLE, STALE],

  ['moved', 'the check of the tag', 'is answered with 500', WHOLE, STALE],
  ['moved', 'the check of the tag', 'never says anything', STALE, STALE],
  ['moved', 'the manifest', 'resets the connection', WHOLE, STALE],
  ['moved', 'the manifest', 'never says anything', STALE, STALE],
  ['moved', 'the manifest', 'is answered with 404 and no JSON', UNKNOWN, UNKNOWN],
  ['moved', 'the manifest', 'is answered with 500', WHOLE, STALE],
  ['moved', 'the manifest', 'sends a wrong byte', STALE, STALE],
  ['moved', 'the manifest', 'answers with a web page', WHOLE, STALE],
  ['moved', 'the CDN', 'breaks off in the middle', WHOLE, WHOLE],
  ['moved', 'the CDN', 'is answered with 500', WHOLE, NO_BLOB],
];
