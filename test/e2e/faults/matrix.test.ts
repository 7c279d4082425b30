import * as assert from 'uvu/assert';
import type { Arrival } from '../../support/hub/arrivals.ts';
import { testSuite } from '../../support/suite.ts';
import { SwiftClock } from '../../support/swift-clock.ts';
import { Ahead } from './ahead.ts';
import { ENDPOINTS, FAULTS, type MatrixMoment, ROWS } from './matrix-rows.ts';
import { openScene, type Scene } from './scene.ts';

const ENV = {
  PROXY_RETRIES: '2',
  PROXY_STALLTIMEOUT: '10s',
  PROXY_TAGS_TIMEOUT: '15s',
  PROXY_NEGATIVETTL: '0s',
};

/** Where nothing comes, the time until that is noticed would be most of what there is. */
const HURRY = 40;

/** No fault makes the mirror ask for one thing more often than this. */
const MOST_REQUESTS = 3;

/** How many cases run at a time. */
const WIDTH = 5;

const CASES = ROWS.flatMap(([moment, endpoint, fault, once, always]) => [
  { moment, endpoint, fault, times: 1, how: 'once', outcome: once },
  { moment, endpoint, fault, times: Number.POSITIVE_INFINITY, how: 'always', outcome: always },
]);

testSuite('Whatever the upstream does', (it) => {
  const ahead = new Ahead(
    CASES.map((each) => () => run(each)),
    WIDTH,
  );
  for (const [index, { moment, endpoint, fault, how, outcome }] of CASES.entries()) {
    it(`${moment}: when ${endpoint} ${fault} ${how}, a pull is ${outcome}`, () =>
      ahead.result(index));
  }
});

async function run({
  moment,
  endpoint,
  fault,
  times,
  outcome,
}: (typeof CASES)[number]): Promise<void> {
  const action = FAULTS[fault];
  assert.ok(action);
  const isWaiting = action.type === 'hang' || action.type === 'stall';
  const made = await openAt(moment, isWaiting);
  try {
    const { server, kind } = ENDPOINTS[endpoint];
    const { digest } = made.layer;
    const isOfLayer = ({ reference }: Arrival): boolean => reference === digest;
    const isOfBlobs = kind === 'blob-get' || kind === 'cdn-get';
    made.hub.faults.add({ server, kind, match: isOfBlobs ? isOfLayer : () => true, times, action });
    assert.is(await made.pull(), outcome);
    await assertHonestlyLogged(made, outcome);
    assertSparing(made);
    await made.assertNothingWrongIsKept();
    made.hub.faults.clear();
    await made.recovers();
    await assertWarm(made);
  } finally {
    await made.close();
  }
}

async function openAt(moment: MatrixMoment, isWaiting: boolean): Promise<Scene> {
  const made = await openScene({
    moment: moment === 'expired' ? 'warm' : moment,
    env: ENV,
    ...(isWaiting && { clock: new SwiftClock(HURRY) }),
  });
  if (moment === 'expired') made.hub.expireTokens();
  return made;
}

/** What the access log says of a pull is what its client has seen. */
async function assertHonestlyLogged({ mirror }: Scene, outcome: string): Promise<void> {
  const isStale = outcome === 'whole, stale';
  const sources = mirror.requests('manifests/latest').map(({ source }) => source);
  assert.is(sources.at(-1) === 'stale', isStale);
  assert.is(mirror.events('tag-stale').length > 0, isStale);
  const failed = (): number => mirror.requests('GET ').filter(({ error }) => error).length;
  const expected = outcome.startsWith('whole') ? 0 : 1;
  // A broken connection may be seen before it is logged.
  for (let tries = 0; tries < 50 && failed() < expected; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(failed(), expected);
}

/** Nothing was asked for again and again. */
function assertSparing({ hub }: Scene): void {
  const counts = new Map<string, number>();
  for (const { kind, reference } of hub.arrivals.all()) {
    const what = `${kind} ${reference}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  for (const [what, count] of counts) assert.ok(count <= MOST_REQUESTS, `${count} times ${what}`);
}

/** Everything is here now: a pull asks for the tag and nothing else. */
async function assertWarm(made: Scene): Promise<void> {
  made.hub.arrivals.clear();
  assert.is(await made.pull(), 'whole');
  assert.equal(made.hub.arrivals.summary(), { 'manifest-head': 1 });
}
