import * as assert from 'uvu/assert';
import type { Digest } from '../../../../src/domain/digest.ts';
import {
  UpstreamBadAnswer,
  UpstreamFailure,
  UpstreamUnreachable,
} from '../../../../src/domain/errors.ts';
import type { FetchedBlob } from '../../../../src/domain/ports/upstream.ts';
import type { Arrival } from '../../../support/hub/arrivals.ts';
import type { FaultAction } from '../../../support/hub/faults.ts';
import { type Image, image, randomLayer } from '../../../support/oci-image.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { type HubBed, hubBeds } from './hub-bed.ts';
import { ALPINE, digestOf } from './words.ts';

const SIZE = 2 * 1024 * 1024;
const BIG: Image = image({ layers: [randomLayer(SIZE)] });
const BYTES: Buffer = Buffer.from(BIG.layers[0]?.bytes ?? []);
const DIGEST: Digest = digestOf(BIG.layers[0]);

async function bodyOf({ body }: FetchedBlob): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

function match({ kind }: Arrival): boolean {
  return kind === 'cdn-get' || kind === 'blob-get';
}

testSuite('blobs of a registry', (it) => {
  const beds = hubBeds(it);
  const bed = async (action?: FaultAction, redirect = true): Promise<HubBed> => {
    const made = await beds({ redirect });
    made.hub.push('library/alpine', BIG);
    if (action) made.hub.faults.add({ server: redirect ? 'cdn' : 'registry', match, action });
    return made;
  };
  it('are asked for with their range on each hop, and with the token on the first', async () => {
    const { hub, upstream } = await bed();
    const rest = await bodyOf(await upstream.fetchBlob(ALPINE, DIGEST, 1000));
    assert.ok(BYTES.subarray(1000).equals(rest));
    const [first] = hub.arrivals.of('blob-get');
    const [second] = hub.arrivals.of('cdn-get');
    assert.is(first?.range, 'bytes=1000-');
    assert.is(second?.range, 'bytes=1000-');
    assert.match(first?.headers.authorization ?? '', /^Bearer /);
    assert.is(second?.headers.authorization, undefined);
  });

  it('are asked for whole without a range', async () => {
    const { hub, upstream } = await bed();
    await bodyOf(await upstream.fetchBlob(ALPINE, DIGEST, 0));
    assert.is(hub.arrivals.of('cdn-get')[0]?.range, undefined);
  });

  it('are asked for in part, and say what has come', async () => {
    const { hub, upstream } = await bed();
    for (const offset of [0, 1000]) {
      const part = await upstream.fetchBlob(ALPINE, DIGEST, offset, 2000);
      assert.equal([part.offset, part.end, part.size], [offset, 2000, SIZE]);
      assert.ok(BYTES.subarray(offset, 2000).equals(await bodyOf(part)));
      assert.is(hub.arrivals.of('cdn-get').at(-1)?.range, `bytes=${offset}-1999`);
    }
  });

  it('come from the registry itself too', async () => {
    const { hub, upstream } = await bed(undefined, false);
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, SIZE - 3);
    assert.equal([blob.offset, blob.size], [SIZE - 3, SIZE]);
    assert.ok(BYTES.subarray(SIZE - 3).equals(await bodyOf(blob)));
    assert.is(hub.arrivals.count('cdn-get'), 0);
  });

  it('begin at 0 where ranges are ignored', async () => {
    const { upstream } = await bed({ type: 'ignore-range' });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 1000);
    assert.equal([blob.offset, blob.end, blob.size], [0, undefined, SIZE]);
    assert.ok(BYTES.equals(await bodyOf(blob)));
  });

  it('have no size where none is announced', async () => {
    const { upstream } = await bed({ type: 'chunked' });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
    assert.is(blob.size, undefined);
    assert.ok(BYTES.equals(await bodyOf(blob)));
  });

  it('have their size from the range where the length is not announced', async () => {
    const { upstream } = await bed({ type: 'chunked' });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 1000);
    assert.equal([blob.offset, blob.size], [1000, SIZE]);
    blob.cancel();
  });

  const WRONG: [what: string, action: FaultAction][] = [
    ['another range', { type: 'headers', headers: { 'content-range': `bytes 0-9/${SIZE}` } }],
    ['no range', { type: 'headers', headers: { 'content-range': undefined } }],
    ['416', { type: 'status', status: 416 }],
    ['a coded body', { type: 'encoding' }],
    ['a web page', { type: 'html' }],
    ['404 from the CDN', { type: 'status', status: 404 }],
    ['403 from the CDN', { type: 'status', status: 403 }],
    ['401 from the CDN', { type: 'status', status: 401 }],
    ['503 from the CDN', { type: 'status', status: 503 }],
    ['what is not HTTP', { type: 'bare-lf' }],
  ];
  for (const [what, action] of WRONG) {
    it(`are refused if answered with ${what}`, async () => {
      const { hub, upstream } = await bed(action);
      await rejects(upstream.fetchBlob(ALPINE, DIGEST, 1000), UpstreamBadAnswer);
      assert.equal([hub.arrivals.count('blob-get'), hub.arrivals.count('cdn-get')], [1, 1]);
    });
  }

  it('are refused if a part comes that nobody asked for', async () => {
    const headers = { 'content-range': `bytes 0-9/${SIZE}` };
    const { upstream } = await bed({ type: 'status', status: 206, headers });
    await rejects(upstream.fetchBlob(ALPINE, DIGEST, 0), UpstreamBadAnswer);
  });

  const BROKEN: [what: string, action: FaultAction][] = [
    ['cut', { type: 'cut', after: 100_000 }],
    ['shorter than announced', { type: 'wrong-length', by: 10 }],
  ];
  for (const [what, action] of BROKEN) {
    it(`fail in the middle if they are ${what}`, async () => {
      const { hub, upstream } = await bed(action);
      const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
      const error = await rejects(bodyOf(blob), UpstreamUnreachable);
      assert.match(error.message, new URL(hub.cdnUrl).host);
      assert.not.match(error.message, 'signature');
    });
  }

  it('are cut at the announced length', async () => {
    const { upstream } = await bed({ type: 'wrong-length', by: -10 });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
    assert.is((await bodyOf(blob)).length, SIZE - 10);
  });

  it('are given up while they stall, and the connection with them', async () => {
    const { hub, upstream } = await bed({ type: 'stall', after: 100_000 });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
    const failing = rejects(bodyOf(blob), UpstreamFailure);
    await new Promise((resolve) => setImmediate(resolve));
    blob.cancel();
    await failing;
    await eventually(() => hub.arrivals.of('cdn-get')[0]?.ended === true);
  });

  it('end the connection when they are left', async () => {
    const { hub, upstream } = await bed({ type: 'stall', after: 100_000 });
    const { body } = await upstream.fetchBlob(ALPINE, DIGEST, 0);
    for await (const piece of body) {
      assert.ok(piece.byteLength > 0);
      break;
    }
    await eventually(() => hub.arrivals.of('cdn-get')[0]?.ended === true);
  });

  it('do not end the process if they fail before anybody reads them', async () => {
    const { upstream } = await bed({ type: 'cut', after: 0 });
    const blob = await upstream.fetchBlob(ALPINE, DIGEST, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await rejects(bodyOf(blob), UpstreamUnreachable);
  });

  it('tell their size without being fetched', async () => {
    const { hub, upstream } = await bed();
    assert.is(await upstream.statBlob(ALPINE, DIGEST), SIZE);
    assert.equal(hub.arrivals.summary(), { challenge: 1, token: 1, 'blob-head': 1 });
  });

  it('tell their size at the CDN, if HEAD is sent there', async () => {
    const { hub, upstream } = await bed();
    hub.settings.redirectHead = true;
    assert.is(await upstream.statBlob(ALPINE, DIGEST), SIZE);
  });

  it('without a length have no size to tell', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'blob-head', action: { type: 'chunked' } });
    await rejects(upstream.statBlob(ALPINE, DIGEST), UpstreamBadAnswer);
  });
});

/** For what the other side notices only when the kernel has told it. */
async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
