import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { NameUnknown } from '../../../src/domain/errors.ts';
import type { PageRequest, TagPage, Upstream } from '../../../src/domain/ports/upstream.ts';
import { artifact } from '../../support/oci-artifact.ts';
import { describe } from '../../support/oci-content.ts';
import { image } from '../../support/oci-image.ts';
import { rejects } from '../../support/suite.ts';
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

export function upstreamListContract(name: string, create: CreateUpstream): void {
  upstreamSuite(`${name}: lists`, { create, content: CONTENT }, (it, upstream) => {
    for (const [request, page] of PAGES) {
      it(`lists tags: ${said(request)}`, async () => {
        assert.equal(await upstream().listTags(ALPINE, request), page);
      });
    }

    it('lists what refers to a manifest', async () => {
      assert.equal(await referrersOf(upstream(), IMAGE.manifest.digest), [
        describe(SIGNATURE.manifest, {
          artifactType: 'application/vnd.example.signature',
          annotations: { 'org.example.key': 'k1' },
        }),
      ]);
    });

    it('lists nothing for a manifest that nothing refers to', async () => {
      assert.equal(await referrersOf(upstream(), SIGNATURE.manifest.digest), []);
    });

    it('lists nothing for a manifest that is not there', async () => {
      assert.equal(await referrersOf(upstream(), UNKNOWN), []);
    });

    it('does not know a repository that is not there', async () => {
      const all = { limit: undefined, last: undefined };
      await rejects(upstream().listTags(NOWHERE, all), NameUnknown);
      await rejects(referrersOf(upstream(), IMAGE.manifest.digest, NOWHERE), NameUnknown);
    });
  });
}

function referrersOf(upstream: Upstream, subject: string, repository = ALPINE): Promise<unknown> {
  return upstream.listReferrers(repository, parseDigest(subject));
}
