import * as assert from 'uvu/assert';
import {
  BlobUnavailable,
  CredentialsRejected,
  Denied,
  DigestMismatch,
  ManifestInvalid,
  NameUnknown,
  SizeMismatch,
  StorageFailed,
  TooManyRequests,
  UpstreamBadAnswer,
  UpstreamPaused,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../src/domain/errors.ts';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { codeOf, servings } from './serving.ts';

const PATHS = [
  '/v2/alpine/manifests/latest',
  `/v2/alpine/blobs/${sha256('x')}`,
  '/v2/alpine/tags/list',
  '/v2/_catalog',
  `/v2/alpine/referrers/${sha256('x')}`,
];

const FAILURES: readonly (readonly [unknown, number, string])[] = [
  [new NameUnknown('no such repository'), 404, 'NAME_UNKNOWN'],
  [new Denied('not for you'), 403, 'DENIED'],
  [new ManifestInvalid('not JSON'), 502, 'MANIFEST_INVALID'],
  [new UpstreamUnreachable('no connection'), 502, 'UNAVAILABLE'],
  [new UpstreamTimeout('no answer'), 504, 'UNAVAILABLE'],
  [new BlobUnavailable(new UpstreamTimeout('no answer')), 404, 'UNAVAILABLE'],
  [new UpstreamBadAnswer('HTML'), 502, 'UNAVAILABLE'],
  [new CredentialsRejected('wrong password'), 502, 'UNAVAILABLE'],
  [new DigestMismatch('the manifest', 'a', 'b'), 502, 'UNAVAILABLE'],
  [new SizeMismatch('the manifest', 1, 2), 502, 'UNAVAILABLE'],
  [new TooManyRequests('slow down'), 429, 'TOOMANYREQUESTS'],
  [new UpstreamPaused('keeps failing', 2, {}), 503, 'UNAVAILABLE'],
  [new StorageFailed('/var/lib/registry: EIO'), 500, 'UNKNOWN'],
  [new TypeError('password=hunter2 is not a function'), 500, 'UNKNOWN'],
  ['a string', 500, 'UNKNOWN'],
];

testSuite('a failure of the mirror', (it) => {
  const serve = servings(it);

  for (const [failure, status, code] of FAILURES) {
    it(`${String(failure)} is ${status} ${code} on every path`, async () => {
      const serving = await serve();
      serving.mirror.failure = failure;
      for (const path of PATHS) {
        const answer = await serving.ask(path);
        assert.is(answer.status, status);
        assert.is(codeOf(answer), code);
        assert.is((await serving.ask(path, { method: 'HEAD' })).body.length, 0);
      }
      assert.is(serving.entries[0]?.error, failure);
    });
  }

  it('tells no client what only the log should say', async () => {
    const serving = await serve();
    for (const failure of [new TypeError('hunter2'), new StorageFailed('hunter2')]) {
      serving.mirror.failure = failure;
      const { body } = await serving.ask('/v2/alpine/manifests/latest');
      assert.not.match(body.toString(), /hunter2|at .*\.ts/);
    }
  });

  it('tells how long to wait', async () => {
    const serving = await serve();
    serving.mirror.failure = new TooManyRequests('slow down', 12.3, { limit: 100 });
    const { headers, body } = await serving.ask('/v2/alpine/manifests/latest');
    assert.is(headers['retry-after'], '13');
    assert.equal(JSON.parse(body.toString()).errors[0].detail, { limit: 100 });
  });

  it('tells when an upstream that rests may be back', async () => {
    const serving = await serve();
    serving.mirror.failure = new UpstreamPaused('keeps failing', 4, { detail: { status: 503 } });
    const { headers, body } = await serving.ask('/v2/alpine/manifests/latest');
    assert.is(headers['retry-after'], '4');
    assert.equal(JSON.parse(body.toString()).errors[0].detail, { status: 503 });
  });
});

testSuite('a stale manifest', (it) => {
  const serve = servings(it);

  it('says so, in GET, HEAD and 304', async () => {
    const serving = await serve();
    const manifest = serving.mirror.addManifest('a/b', '1', { schemaVersion: 2 });
    serving.mirror.source = 'stale';
    serving.mirror.ageMs = 61_500;
    const known = { 'If-None-Match': manifest.descriptor.digest };
    for (const asking of [{}, { method: 'HEAD' }, { headers: known }]) {
      const { headers } = await serving.ask('/v2/a/b/manifests/1', asking);
      assert.is(headers['warning'], '110 - "Response is Stale"');
      assert.is(headers['age'], '61');
    }
    assert.is(serving.entries[0]?.source, 'stale');
  });

  it('leaves no trace in a fresh one of the same bytes', async () => {
    const serving = await serve();
    serving.mirror.addManifest('a/b', '1', { schemaVersion: 2 });
    serving.mirror.source = 'stale';
    await serving.ask('/v2/a/b/manifests/1');
    serving.mirror.source = 'hit';
    const { headers } = await serving.ask('/v2/a/b/manifests/1');
    assert.is(headers['warning'], undefined);
  });
});

testSuite('a manifest with an odd media type', (it) => {
  const serve = servings(it);

  it('is sent all the same', async () => {
    const serving = await serve();
    serving.mirror.addManifest('a/b', '1', { mediaType: 'text/plain\r\nX-Evil: 1' });
    const { status, headers } = await serving.ask('/v2/a/b/manifests/1');
    assert.is(status, 200);
    assert.is(headers['content-type'], 'application/octet-stream');
    assert.is(headers['x-evil'], undefined);
  });
});
