import * as assert from 'node:assert/strict';
import { artifact } from '../../adapters/images/oci-artifact.ts';
import { type Descriptor, describe } from '../../adapters/images/oci-content.ts';
import { image } from '../../adapters/images/oci-image.ts';
import { parseDigest } from '../../domain/digest.ts';
import { NameUnknown } from '../../domain/errors.ts';
import type { PageRequest, TagPage, Upstream } from '../../domain/ports/upstream.ts';
import type { DefineTest } from '../define-test.ts';
import { rejects } from '../rejects.ts';
import { ALPINE, type CreateUpstream, NOWHERE, UNKNOWN, upstreamSuite } from './upstream-suite.ts';

const IMAGE = image();
const SIGNATURE = artifact({
  artifactType: 'application/vnd.example.signature',
  subject: IMAGE.manifest,
  annotations: { 'org.example.key': 'k1' },
});
const TAGS = ['3.19', '3.20', 'edge', 'latest'];
const CONTENT = [
  { repository: ALPINE, content: IMAGE, tags: TAGS.toReversed() },
  { repository: ALPINE, content: SIGNATURE, tags: [] },
];
const PAGES: [request: PageRequest, page: TagPage][] = [
  [
    { limit: undefined, last: undefined },
    { tags: TAGS, more: false },
  ],
  [
    { limit: 2, last: undefined },
    { tags: ['3.19', '3.20'], more: true },
  ],
  [
    { limit: 2, last: '3.20' },
    { tags: ['edge', 'latest'], more: false },
  ],
  [
    { limit: undefined, last: 'edge' },
    { tags: ['latest'], more: false },
  ],
  [
    { limit: 4, last: undefined },
    { tags: TAGS, more: false },
  ],
  [
    { limit: 10, last: 'latest' },
    { tags: [], more: false },
  ],
];

function said({ limit, last }: PageRequest): string {
  return `${limit ?? 'all'} after ${last ?? 'the beginning'}`;
}

export function upstreamListContract(test: DefineTest, create: CreateUpstream): void {
  upstreamSuite({ part: 'lists', test, create, content: CONTENT }, (it) => {
    for (const [request, page] of PAGES) {
      it(`lists tags: ${said(request)}`, async (upstream) => {
        assert.deepEqual(await upstream.listTags(ALPINE, request), page);
      });
    }

    it('lists what refers to a manifest', async (upstream) => {
      await checkReferrers(upstream, IMAGE.manifest.digest, [
        describe(SIGNATURE.manifest, {
          artifactType: 'application/vnd.example.signature',
          annotations: { 'org.example.key': 'k1' },
        }),
      ]);
    });

    it('lists nothing for a manifest that nothing refers to', async (upstream) => {
      await checkReferrers(upstream, SIGNATURE.manifest.digest, []);
    });

    it('lists nothing for a manifest that is not there', async (upstream) => {
      await checkReferrers(upstream, UNKNOWN, []);
    });

    it('does not know a repository that is not there', async (upstream) => {
      const all = { limit: undefined, last: undefined };
      await rejects(upstream.listTags(NOWHERE, all), NameUnknown);
    });
  });
}

/** An upstream without the referrers API, whatever it is asked, says so. */
async function checkReferrers(
  upstream: Upstream,
  subject: string,
  expected: readonly Descriptor[],
): Promise<void> {
  const digest = parseDigest(subject);
  const found = await upstream.listReferrers(ALPINE, digest);
  if (found === undefined) {
    assert.equal(await upstream.listReferrers(NOWHERE, digest), undefined);
    return;
  }
  assert.deepEqual(found, expected);
  await rejects(upstream.listReferrers(NOWHERE, digest), NameUnknown);
}
