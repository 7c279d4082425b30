import * as assert from 'uvu/assert';
import type { ArrivalKind } from '../../support/hub/arrivals.ts';
import type { FaultAction } from '../../support/hub/faults.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { errorIn } from './client.ts';
import { type Scene, scenes } from './scene.ts';

const HURRY = 20;
const ENV = { PROXY_RETRIES: '0', PROXY_NEGATIVETTL: '0s' };

interface Subject {
  readonly kind: ArrivalKind;
  readonly path: (made: Scene) => string;
  /** What is asked for first, as every client does. */
  readonly first?: (made: Scene) => Promise<void>;
  /** What a client hears when the upstream fails, */
  readonly failure: string;
  /** when it says that there is no such thing, */
  readonly unknown: string;
  /** when it says that the repository is not for us. */
  readonly denied: string;
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'a tag': {
    kind: 'manifest-head',
    path: () => 'manifests/latest',
    failure: '502 UNAVAILABLE',
    unknown: '404 MANIFEST_UNKNOWN',
    denied: '403 DENIED',
  },
  'a manifest': {
    kind: 'manifest-get',
    path: ({ latest }) => `manifests/${latest.manifest.digest}`,
    failure: '502 UNAVAILABLE',
    unknown: '404 MANIFEST_UNKNOWN',
    denied: '403 DENIED',
  },
  'a blob of a manifest that was served': {
    kind: 'blob-get',
    path: ({ layer }) => `blobs/${layer.digest}`,
    first: (made) => made.pullManifests(),
    failure: '404 UNAVAILABLE',
    unknown: '404 BLOB_UNKNOWN',
    denied: '403 DENIED',
  },
  'a blob out of the blue': {
    kind: 'blob-get',
    path: ({ layer }) => `blobs/${layer.digest}`,
    failure: '502 UNAVAILABLE',
    unknown: '404 BLOB_UNKNOWN',
    denied: '403 DENIED',
  },
  'the list of tags': {
    kind: 'tags',
    path: () => 'tags/list',
    failure: '502 UNAVAILABLE',
    unknown: '404 NAME_UNKNOWN',
    denied: '403 DENIED',
  },
};

const json = (code: string): object => ({ errors: [{ code, message: 'so it is' }] });
const PAGE = { 'content-type': 'text/html' };

type Meaning = 'failure' | 'unknown' | 'denied';

/** What the registry answers, and what it means. */
const ANSWERS: readonly (readonly [what: string, action: FaultAction, meaning: Meaning])[] = [
  ['400', { type: 'status', status: 400, body: json('UNKNOWN') }, 'failure'],
  ['403', { type: 'status', status: 403, body: json('DENIED') }, 'denied'],
  ['403 and a web page', { type: 'status', status: 403, body: '<h1>', headers: PAGE }, 'failure'],
  ['404', { type: 'status', status: 404, body: json('NOT_FOUND') }, 'unknown'],
  ['418', { type: 'status', status: 418 }, 'failure'],
  ['500', { type: 'status', status: 500, body: json('UNKNOWN') }, 'failure'],
  ['502 and a web page', { type: 'status', status: 502, body: '<h1>', headers: PAGE }, 'failure'],
  ['503', { type: 'status', status: 503 }, 'failure'],
  ['504', { type: 'status', status: 504 }, 'failure'],
];

testSuite('An error is what it is', (it) => {
  const scene = scenes(it);

  for (const [name, subject] of Object.entries(SUBJECTS)) {
    for (const [what, action, meaning] of ANSWERS) {
      const expected = subject[meaning];
      it(`when ${name} is answered with ${what}, the client gets ${expected}`, async () => {
        const made = await scene({ env: ENV, clock: new SwiftClock(HURRY) });
        await subject.first?.(made);
        made.hub.faults.add({ server: 'registry', kind: subject.kind, action });
        const got = await made.ask(subject.path(made));
        const { code, message, detail } = errorIn(got);
        assert.is(`${got.status} ${code}`, expected);
        assert.is(got.headers['content-type'], 'application/json');
        assert.is(got.headers['content-length'], String(got.body.length));
        // Nothing of what was asked for may be said of what was not sent.
        assert.is(got.headers['etag'], undefined);
        assert.ok(message.length > 0);
        const told = JSON.stringify(detail);
        assert.match(told, new URL(made.hub.url).host);
        assert.match(told, `"status":${what.slice(0, 3)}`);
        made.hub.faults.clear();
        assert.is((await made.ask(subject.path(made))).status, 200);
      });
    }
  }

  for (const status of [403, 404, 429, 500]) {
    it(`that is ${status} upstream is the same for HEAD as for GET, without a body`, async () => {
      const answers = ['GET', 'HEAD'].map(async (method) => {
        const made = await scene({ env: ENV, clock: new SwiftClock(HURRY) });
        const action = { type: 'status', status } as const;
        made.hub.faults.add({ server: 'registry', kind: 'manifest-head', action });
        return made.ask('manifests/latest', { method });
      });
      const [got, head] = await Promise.all(answers);
      assert.equal([head?.status, head?.body.length], [got?.status, 0]);
      assert.ok(Number(got?.body.length) > 0);
    });
  }
});
