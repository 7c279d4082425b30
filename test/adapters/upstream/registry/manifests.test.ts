import * as assert from 'uvu/assert';
import type { Digest } from '../../../../src/domain/digest.ts';
import {
  Denied,
  DigestMismatch,
  ManifestUnknown,
  NameUnknown,
  UpstreamBadAnswer,
  UpstreamFailure,
} from '../../../../src/domain/errors.ts';
import { LARGEST_MANIFEST } from '../../../../src/domain/manifest.ts';
import { MANIFEST_TYPES } from '../../../../src/domain/media-type.ts';
import type { Reference } from '../../../../src/domain/reference.ts';
import type { FaultAction } from '../../../support/hub/faults.ts';
import { describe } from '../../../support/oci-content.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { hubBeds, MULTI } from './hub-bed.ts';
import { scriptedServers } from './scripted-server.ts';
import { ALPINE, digestOf, tag } from './words.ts';

const DIGEST: Digest = digestOf(MULTI.manifest);
const BY_DIGEST: Reference = { kind: 'digest', digest: DIGEST };
const WANTING: [what: string, action: FaultAction][] = [
  ['digest', { type: 'headers', headers: { 'docker-content-digest': undefined } }],
  ['type', { type: 'headers', headers: { 'content-type': undefined } }],
  ['size', { type: 'chunked' }],
];
const OTHER = `sha256:${'1'.repeat(64)}`;

testSuite('resolving at a registry', (it) => {
  const bed = hubBeds(it);

  it('asks for every type of manifest in one header, and for no coding', async () => {
    const { hub, upstream } = await bed();
    await upstream.resolve(ALPINE, tag('3.20'));
    const { headers } = hub.arrivals.of('manifest-head')[0] ?? {};
    assert.is(headers?.accept, MANIFEST_TYPES.join(', '));
    assert.is(headers?.['accept-encoding'], 'identity');
    assert.is(headers?.['user-agent'], 'kagami/test');
  });

  for (const [missing, action] of WANTING) {
    it(`gets the manifest if HEAD does not tell its ${missing}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'registry', kind: 'manifest-head', action });
      hub.faults.add({ server: 'registry', kind: 'manifest-get', action });
      assert.equal(await upstream.resolve(ALPINE, tag('3.20')), describe(MULTI.manifest));
      assert.is(hub.arrivals.count('manifest-get'), 1);
    });
  }

  it('does not need to be told the digest that it asked for', async () => {
    const { hub, upstream } = await bed();
    const headers = { 'docker-content-digest': undefined };
    hub.faults.add({ server: 'registry', action: { type: 'headers', headers } });
    assert.equal(await upstream.resolve(ALPINE, BY_DIGEST), describe(MULTI.manifest));
    assert.is(hub.arrivals.count('manifest-get'), 0);
  });

  it('checks the bytes that it has to get', async () => {
    const { hub, upstream } = await bed();
    const headers = { 'content-type': undefined };
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-head',
      action: { type: 'headers', headers },
    });
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-get',
      action: { type: 'corrupt', at: 9 },
    });
    await rejects(upstream.resolve(ALPINE, tag('3.20')), DigestMismatch);
  });

  it('does not take for a manifest what is none', async () => {
    const { hub, upstream } = await bed();
    const headers = { 'docker-content-digest': undefined };
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-head',
      action: { type: 'headers', headers },
    });
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-get',
      action: { type: 'status', status: 200, body: 'no JSON' },
    });
    await rejects(upstream.resolve(ALPINE, tag('3.20')), UpstreamBadAnswer);
  });

  it('believes no digest that is none', async () => {
    const { hub, upstream } = await bed();
    const headers = { 'docker-content-digest': '../../etc/passwd' };
    hub.faults.add({
      server: 'registry',
      kind: 'manifest-head',
      action: { type: 'headers', headers },
    });
    assert.is((await upstream.resolve(ALPINE, tag('3.20'))).digest, DIGEST);
  });

  it('does not follow a HEAD that is about another manifest', async () => {
    const { hub, upstream } = await bed();
    const headers = { 'docker-content-digest': OTHER };
    hub.faults.add({ server: 'registry', action: { type: 'headers', headers } });
    await rejects(upstream.resolve(ALPINE, BY_DIGEST), DigestMismatch);
  });
});

type Failure = abstract new (...args: never[]) => Error;

const ANSWERS: [what: string, action: FaultAction, failure: Failure][] = [
  ['longer than a manifest may be', { type: 'longer', by: LARGEST_MANIFEST }, UpstreamBadAnswer],
  ['a coded body', { type: 'encoding' }, UpstreamBadAnswer],
  ['a web page', { type: 'html' }, UpstreamBadAnswer],
  ['what is not HTTP', { type: 'bare-lf' }, UpstreamBadAnswer],
  ['a body that is cut', { type: 'cut', after: 10 }, UpstreamFailure],
  ['less than announced', { type: 'wrong-length', by: 5 }, UpstreamFailure],
  ['404', { type: 'status', status: 404 }, ManifestUnknown],
  ['404 of the repository', oci(404, 'NAME_UNKNOWN'), NameUnknown],
  ['400 for the name', oci(400, 'NAME_INVALID'), NameUnknown],
  ['403', oci(403, 'DENIED'), Denied],
  ['403 from a gateway', page(403), UpstreamBadAnswer],
  ['400', { type: 'status', status: 400 }, UpstreamBadAnswer],
  ['204', { type: 'status', status: 204 }, UpstreamBadAnswer],
  ['304', { type: 'status', status: 304 }, UpstreamBadAnswer],
  ['500', oci(500, 'UNKNOWN'), UpstreamBadAnswer],
  ['503', page(503), UpstreamBadAnswer],
];

function oci(status: number, code: string): FaultAction {
  return { type: 'status', status, body: { errors: [{ code, message: 'because' }] } };
}

function page(status: number): FaultAction {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  return { type: 'status', status, body: '<h1>No</h1>', headers };
}

testSuite('fetching a manifest that is answered with', (it) => {
  const bed = hubBeds(it);
  const serve = scriptedServers(it);

  for (const [what, action, failure] of ANSWERS) {
    it(`${what} is ${failure.name}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'registry', kind: 'manifest-get', action });
      await rejects(upstream.fetchManifest(ALPINE, DIGEST), failure);
    });
  }

  it('more than a manifest may have, without saying so', async () => {
    const { open } = await bed();
    const { url } = await serve((_request, response) => {
      response.write('x'.repeat(LARGEST_MANIFEST + 1));
    });
    const failing = open({ url }).fetchManifest(ALPINE, DIGEST);
    const error = await rejects(failing, UpstreamBadAnswer);
    assert.match(error.message, `more than ${LARGEST_MANIFEST} bytes`);
  });

  it('chunks is read all the same', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'manifest-get', action: { type: 'chunked' } });
    const { bytes } = await upstream.fetchManifest(ALPINE, DIGEST);
    assert.is(bytes.byteLength, MULTI.manifest.bytes.byteLength);
  });

  it('5xx tells host, status and what the upstream said', async () => {
    const { hub, upstream } = await bed();
    hub.faults.add({ server: 'registry', kind: 'manifest-get', action: oci(502, 'UNAVAILABLE') });
    const error = await rejects(upstream.fetchManifest(ALPINE, DIGEST), UpstreamBadAnswer);
    const { host } = new URL(hub.url);
    assert.is(error.message, `${host} answered with status 502`);
    assert.equal(error.detail, { host, status: 502, code: 'UNAVAILABLE', message: 'because' });
  });
});
