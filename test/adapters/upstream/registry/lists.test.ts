import * as assert from 'uvu/assert';
import { UpstreamBadAnswer } from '../../../../src/domain/errors.ts';
import type { PageRequest, TagPage } from '../../../../src/domain/ports/upstream.ts';
import type { FaultAction } from '../../../support/hub/faults.ts';
import { artifact } from '../../../support/oci-artifact.ts';
import { describe } from '../../../support/oci-content.ts';
import { rejects, testSuite } from '../../../support/suite.ts';
import { hubBeds, MULTI } from './hub-bed.ts';
import { ALPINE, digestOf } from './words.ts';

const ALL: PageRequest = { limit: undefined, last: undefined };
const NEXT = { link: '</v2/library/alpine/tags/list?last=b&n=2>; rel="next"' };

function answered(body: object, headers = {}): FaultAction {
  return { type: 'status', status: 200, body, headers };
}

const PAGES: [what: string, request: PageRequest, action: FaultAction, page: TagPage][] = [
  ['a next page', ALL, answered({ tags: ['a', 'b'] }, NEXT), { tags: ['a', 'b'], more: true }],
  [
    'more than were asked for',
    { limit: 2, last: undefined },
    answered({ tags: ['a', 'b', 'c'] }),
    { tags: ['a', 'b'], more: true },
  ],
  [
    'the beginning though the rest was asked for',
    { limit: 2, last: 'b' },
    answered({ tags: ['a', 'b', 'c'] }, NEXT),
    { tags: ['c'], more: true },
  ],
  [
    'the same page again',
    { limit: 2, last: 'b' },
    answered({ tags: ['a', 'b'] }, NEXT),
    { tags: [], more: false },
  ],
  ['no tags', ALL, answered({ tags: null }), { tags: [], more: false }],
  ['an entry that is none', ALL, answered({ tags: ['a', 1] }), { tags: ['a'], more: false }],
];

testSuite('tags of a registry', (it) => {
  const bed = hubBeds(it);

  it('are asked for by page', async () => {
    const { hub, upstream } = await bed();
    await upstream.listTags(ALPINE, ALL);
    await upstream.listTags(ALPINE, { limit: 2, last: '3.1&n=9' });
    assert.equal(
      hub.arrivals.of('tags').map(({ path }) => path),
      ['/v2/library/alpine/tags/list', '/v2/library/alpine/tags/list?n=2&last=3.1%26n%3D9'],
    );
  });

  for (const [what, request, action, page] of PAGES) {
    it(`are understood when answered with ${what}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'registry', kind: 'tags', action });
      assert.equal(await upstream.listTags(ALPINE, request), page);
    });
  }

  for (const type of ['html', 'bad-json', 'encoding'] as const) {
    it(`are refused when answered with ${type}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'registry', kind: 'tags', action: { type } });
      await rejects(upstream.listTags(ALPINE, ALL), UpstreamBadAnswer);
    });
  }
});

const SUBJECT = digestOf(MULTI.manifest);
const SIGNATURES = [1, 2, 3].map((at) => {
  const annotations = { at: String(at) };
  return artifact({ artifactType: 'application/vnd.sig', subject: MULTI.manifest, annotations });
});
const DESCRIPTORS = SIGNATURES.map(({ manifest }) => describe(manifest));

testSuite('referrers at a registry', (it) => {
  const bed = hubBeds(it);

  it('are undefined where the API is not known', async () => {
    const { upstream } = await bed({ referrers: false });
    assert.is(await upstream.listReferrers(ALPINE, SUBJECT), undefined);
  });

  it('are read page by page, with the token, and without what is no descriptor', async () => {
    const { hub, upstream } = await bed();
    const pages = [
      [DESCRIPTORS[0], { digest: 'nonsense', size: 1 }, null],
      [DESCRIPTORS[1]],
      [DESCRIPTORS[2], { ...DESCRIPTORS[0], size: -1 }],
    ];
    for (const [at, manifests] of pages.entries()) {
      const link = `<?page=${at + 1}>; rel="next"`;
      const action = answered({ manifests }, at < 2 ? { link } : {});
      hub.faults.add({ server: 'registry', kind: 'referrers', times: 1, action });
    }
    const found = await upstream.listReferrers(ALPINE, SUBJECT);
    assert.equal(
      found?.map(({ digest }) => digest),
      DESCRIPTORS.map(({ digest }) => digest),
    );
    const queries = hub.arrivals.of('referrers').map(({ path }) => path.split('?')[1]);
    assert.equal(queries, [undefined, 'page=1', 'page=2']);
    assert.equal(hub.arrivals.count('challenge'), 1);
  });

  it('are read for twenty pages and not without end', async () => {
    const { hub, upstream } = await bed();
    const action = answered({ manifests: [DESCRIPTORS[0]] }, { link: '<?more>; rel="next"' });
    hub.faults.add({ server: 'registry', kind: 'referrers', action });
    assert.is((await upstream.listReferrers(ALPINE, SUBJECT))?.length, 20);
    assert.is(hub.arrivals.count('referrers'), 20);
  });

  it('are not looked for at another host', async () => {
    const { hub, upstream } = await bed();
    const link = '<http://localhost:1/v2/>; rel="next"';
    const action = answered({ manifests: [] }, { link });
    hub.faults.add({ server: 'registry', kind: 'referrers', action });
    await rejects(upstream.listReferrers(ALPINE, SUBJECT), UpstreamBadAnswer);
  });

  for (const type of ['html', 'bad-json', 'encoding'] as const) {
    it(`are refused when answered with ${type}`, async () => {
      const { hub, upstream } = await bed();
      hub.faults.add({ server: 'registry', kind: 'referrers', action: { type } });
      await rejects(upstream.listReferrers(ALPINE, SUBJECT), UpstreamBadAnswer);
    });
  }
});
