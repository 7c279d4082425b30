import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import {
  UpstreamBadAnswer,
  UpstreamFailure,
  UpstreamTimeout,
  UpstreamUnreachable,
} from '../../../../src/domain/errors.ts';
import type { Upstream } from '../../../../src/domain/ports/upstream.ts';
import type { ArrivalKind } from '../../../support/hub/arrivals.ts';
import type { FaultAction } from '../../../support/hub/faults.ts';
import type { HubDouble } from '../../../support/hub/hub-double.ts';
import { type DefineTest, rejects, testSuite } from '../../../support/suite.ts';
import { type HubBed, hubBeds, IMAGE, MULTI } from './hub-bed.ts';
import { ALPINE, digestOf, tag } from './words.ts';

/** The longest that any call may take. */
const LONGEST_MS = 30_000;
const NOWHERE = 'nonexistent.invalid';
const DIGEST = digestOf(MULTI.manifest);
const LAYER = digestOf(IMAGE.layers[0]);

interface Endpoint {
  readonly name: string;
  /** What it asks the registry for. */
  readonly kind: ArrivalKind;
  readonly ask: (upstream: Upstream) => Promise<unknown>;
}

const BLOB: Endpoint = {
  name: 'fetchBlob',
  kind: 'blob-get',
  ask: (upstream) => upstream.fetchBlob(ALPINE, LAYER, 0),
};
const STAT: Endpoint = {
  name: 'statBlob',
  kind: 'blob-head',
  ask: (upstream) => upstream.statBlob(ALPINE, LAYER),
};
const RESOLVE: Endpoint = {
  name: 'resolve',
  kind: 'manifest-head',
  ask: (upstream) => upstream.resolve(ALPINE, tag('3.20')),
};
const MANIFEST: Endpoint = {
  name: 'fetchManifest',
  kind: 'manifest-get',
  ask: (upstream) => upstream.fetchManifest(ALPINE, DIGEST),
};
const TAGS: Endpoint = {
  name: 'listTags',
  kind: 'tags',
  ask: (upstream) => upstream.listTags(ALPINE, { limit: undefined, last: undefined }),
};
const REFERRERS: Endpoint = {
  name: 'listReferrers',
  kind: 'referrers',
  ask: (upstream) => upstream.listReferrers(ALPINE, DIGEST),
};
const PROBE: Endpoint = { name: 'probe', kind: 'challenge', ask: (upstream) => upstream.probe() };

const ALL = [RESOLVE, MANIFEST, BLOB, STAT, TAGS, REFERRERS];
/** Those that read a body to its end. */
const READERS = [MANIFEST, TAGS, REFERRERS];

type Failure = new (message: string) => UpstreamFailure;
type Trouble = readonly [what: string, action: FaultAction, failure: Failure];

const PAGE = { 'content-type': 'text/html' };
const ANYWHERE: readonly Trouble[] = [
  ['hangs', { type: 'hang' }, UpstreamTimeout],
  ['resets the connection', { type: 'reset' }, UpstreamUnreachable],
  ['ends its lines with a bare LF', { type: 'bare-lf' }, UpstreamBadAnswer],
  ['sends a web page', { type: 'html' }, UpstreamBadAnswer],
  ['answers 500', { type: 'status', status: 500 }, UpstreamBadAnswer],
  ['answers 502', status(502, '<h1>Bad Gateway</h1>', PAGE), UpstreamBadAnswer],
  ['answers 503', status(503, { errors: [{ code: 'UNAVAILABLE' }] }), UpstreamBadAnswer],
  ['answers 504', { type: 'status', status: 504 }, UpstreamBadAnswer],
];
const CODED: Trouble = ['sends a coded body', { type: 'encoding' }, UpstreamBadAnswer];
const IN_BODIES: readonly Trouble[] = [
  ['stops in the middle', { type: 'stall', after: 5 }, UpstreamTimeout],
  ['closes in the middle', { type: 'cut', after: 5 }, UpstreamUnreachable],
];
const BROKEN_JSON: Trouble = ['sends broken JSON', { type: 'bad-json' }, UpstreamBadAnswer];

function status(
  code: number,
  body: string | object,
  headers: Record<string, string> = {},
): FaultAction {
  return { type: 'status', status: code, body, headers };
}

/** Asks with no more time than a call may take, and checks what the failure tells. */
async function check(bed: HubBed, host: string, ask: Endpoint['ask'], failure: Failure) {
  const { hub, clock, upstream } = bed;
  const failing = rejects(ask(upstream), UpstreamFailure);
  if (failure === UpstreamTimeout) {
    await arrivalAt(hub, host);
    clock.advance(LONGEST_MS);
  }
  const error = await failing;
  assert.is(error.name, failure.name);
  assert.is((error.detail as { host: string }).host, host);
  assert.match(error.message, host);
  assert.not.match(inspect([error.message, error.detail]), /signature|expires=|Bearer|\?/);
  assert.is(clock.pending, 0);
}

async function arrivalAt({ arrivals, url, authUrl, cdnUrl }: HubDouble, host: string) {
  const hosts = { registry: url, auth: authUrl, cdn: cdnUrl };
  while (!arrivals.all().some(({ server }) => new URL(hosts[server]).host === host)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** A bed whose upstream knows how to be let in, and has a token. */
function primedBeds(it: DefineTest): () => Promise<HubBed> {
  const bed = hubBeds(it);
  return async () => {
    const made = await bed();
    await made.upstream.resolve(ALPINE, tag('3.20'));
    made.hub.arrivals.clear();
    return made;
  };
}

testSuite('a registry', (it) => {
  const primed = primedBeds(it);
  const bed = hubBeds(it);
  const troubles = [
    ...ALL.flatMap((endpoint) => ANYWHERE.map((trouble) => ({ endpoint, trouble }))),
    ...READERS.flatMap((endpoint) => IN_BODIES.map((trouble) => ({ endpoint, trouble }))),
    ...READERS.map((endpoint) => ({ endpoint, trouble: CODED })),
    ...[TAGS, REFERRERS].map((endpoint) => ({ endpoint, trouble: BROKEN_JSON })),
  ];
  for (const { endpoint, trouble } of troubles) {
    const [what, action, failure] = trouble;
    it(`that ${what} at ${endpoint.name} is ${failure.name}`, async () => {
      const made = await primed();
      made.hub.faults.add({ server: 'registry', kind: endpoint.kind, action });
      await check(made, new URL(made.hub.url).host, endpoint.ask, failure);
    });
  }

  for (const [what, action, failure] of ANYWHERE) {
    it(`that ${what} at /v2/ is ${failure.name}`, async () => {
      const made = await bed();
      made.hub.faults.add({ server: 'registry', action });
      await check(made, new URL(made.hub.url).host, PROBE.ask, failure);
    });
  }

  for (const { name, ask } of [...ALL, PROBE]) {
    it(`that is down at ${name} is UpstreamUnreachable`, async () => {
      const made = await bed();
      await made.hub.down('registry');
      await check(made, new URL(made.hub.url).host, ask, UpstreamUnreachable);
    });

    it(`whose name is unknown at ${name} is UpstreamUnreachable`, async () => {
      const made = await bed();
      const upstream = made.open({ url: new URL(`http://${NOWHERE}`) });
      await check({ ...made, upstream }, NOWHERE, ask, UpstreamUnreachable);
    });
  }
});

testSuite('a token service', (it) => {
  const bed = hubBeds(it);

  for (const { name, ask } of ALL) {
    for (const [what, action, failure] of [...ANYWHERE, ...IN_BODIES, CODED, BROKEN_JSON]) {
      it(`that ${what} at ${name} is ${failure.name}`, async () => {
        const made = await bed();
        made.hub.faults.add({ server: 'auth', action });
        await check(made, new URL(made.hub.authUrl).host, ask, failure);
      });
    }

    it(`that is down at ${name} is UpstreamUnreachable`, async () => {
      const made = await bed();
      await made.hub.down('auth');
      await check(made, new URL(made.hub.authUrl).host, ask, UpstreamUnreachable);
    });

    it(`whose name is unknown at ${name} is UpstreamUnreachable`, async () => {
      const made = await bed();
      const realm = `http://${NOWHERE}/token`;
      const action = status(401, '', { 'www-authenticate': `Bearer realm="${realm}"` });
      made.hub.faults.add({ server: 'registry', kind: 'challenge', action });
      await check(made, NOWHERE, ask, UpstreamUnreachable);
    });
  }
});

testSuite('a CDN', (it) => {
  const primed = primedBeds(it);

  for (const [what, action, failure] of [...ANYWHERE, CODED]) {
    it(`that ${what} is ${failure.name}`, async () => {
      const made = await primed();
      made.hub.faults.add({ server: 'cdn', action });
      await check(made, new URL(made.hub.cdnUrl).host, BLOB.ask, failure);
    });
  }

  it('that is down is UpstreamUnreachable', async () => {
    const made = await primed();
    await made.hub.down('cdn');
    await check(made, new URL(made.hub.cdnUrl).host, BLOB.ask, UpstreamUnreachable);
  });

  it('whose name is unknown is UpstreamUnreachable', async () => {
    const made = await primed();
    const location = `http://${NOWHERE}/data?expires=1&signature=secret`;
    const action = status(307, '', { location });
    made.hub.faults.add({ server: 'registry', kind: 'blob-get', action });
    await check(made, NOWHERE, BLOB.ask, UpstreamUnreachable);
  });

  for (const code of [400, 403, 404]) {
    it(`that answers ${code} has no say in what there is: UpstreamBadAnswer`, async () => {
      const made = await primed();
      const body = '<Error><Code>AccessDenied</Code></Error>';
      made.hub.faults.add({ server: 'cdn', action: status(code, body) });
      await check(made, new URL(made.hub.cdnUrl).host, BLOB.ask, UpstreamBadAnswer);
    });
  }
});
