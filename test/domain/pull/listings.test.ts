import * as assert from 'uvu/assert';
import { parseDigest } from '../../../src/domain/digest.ts';
import { NameUnknown, UpstreamUnreachable } from '../../../src/domain/errors.ts';
import { ListReferrers } from '../../../src/domain/pull/list-referrers.ts';
import { ListRepositories } from '../../../src/domain/pull/list-repositories.ts';
import { ListTags } from '../../../src/domain/pull/list-tags.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { fallbackTag } from '../../../src/domain/referrers.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { digestNamed } from '../../support/bytes.ts';
import { asked, get, imageNamed } from '../../support/manifest-pulls.ts';
import { MapCache } from '../../support/map-cache.ts';
import { artifact } from '../../support/oci-artifact.ts';
import { index } from '../../support/oci-image.ts';
import { ALPINE, type PullParts, pullParts } from '../../support/pull-parts.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const IMAGE = imageNamed('image');
const SUBJECT = parseDigest(IMAGE.manifest.digest);
const DOWN = new UpstreamUnreachable('no route');
const ALL = { limit: undefined, last: undefined };

function listReferrers({ upstream, pullManifest }: PullParts): ListReferrers {
  return new ListReferrers({ upstream, pullManifest, latest: new MapCache() });
}

async function confirmTags({ tags }: PullParts, ...names: string[]): Promise<void> {
  for (const name of names) await tags.confirm(ALPINE, tags.heard(parseTag(name), SUBJECT));
}

testSuite('the list of tags', (it) => {
  it('is the upstream’s, page by page', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, IMAGE, '1', '2', '3');
    const listTags = new ListTags(parts.upstream, parts.tags);
    assert.equal(await listTags.list(ALPINE, ALL), { tags: ['1', '2', '3'], more: false });
    const page = await listTags.list(ALPINE, { limit: 1, last: '1' });
    assert.equal(page, { tags: ['2'], more: true });
  });

  it('is what is in storage when the upstream fails, page by page', async () => {
    const parts = pullParts();
    await confirmTags(parts, 'c', 'a', 'b');
    parts.upstream.outage = DOWN;
    const listTags = new ListTags(parts.upstream, parts.tags);
    assert.equal(await listTags.list(ALPINE, ALL), { tags: ['a', 'b', 'c'], more: false });
    const page = await listTags.list(ALPINE, { limit: 1, last: 'a' });
    assert.equal(page, { tags: ['b'], more: true });
    const end = await listTags.list(ALPINE, { limit: 5, last: 'b' });
    assert.equal(end, { tags: ['c'], more: false });
  });

  it('is a failure when the upstream fails and nothing is in storage', async () => {
    const parts = pullParts();
    parts.upstream.outage = DOWN;
    await rejects(new ListTags(parts.upstream, parts.tags).list(ALPINE, ALL), UpstreamUnreachable);
  });

  it('is a refusal when the upstream refuses, whatever is in storage', async () => {
    const parts = pullParts();
    await confirmTags(parts, 'a');
    await rejects(new ListTags(parts.upstream, parts.tags).list(ALPINE, ALL), NameUnknown);
  });
});

testSuite('the list of repositories', (it) => {
  it('is what is in storage, in order, page by page', async () => {
    const { links } = pullParts();
    for (const name of ['b/b', 'a', 'library/alpine', 'b/a']) {
      await links.linkRevision(parseRepositoryName(name), SUBJECT);
    }
    const repositories = new ListRepositories(links);
    const all = ['a', 'b/a', 'b/b', 'library/alpine'];
    assert.equal(await repositories.list(ALL), { repositories: all, more: false });
    const page = await repositories.list({ limit: 2, last: 'a' });
    assert.equal(page, { repositories: ['b/a', 'b/b'], more: true });
  });
});

testSuite('the list of referrers', (it) => {
  const sbom = artifact({ artifactType: 'application/x.sbom', subject: IMAGE.manifest });
  const referrer = {
    mediaType: sbom.manifest.mediaType,
    digest: parseDigest(sbom.manifest.digest),
    size: sbom.manifest.bytes.byteLength,
  };

  it('is what the upstream’s API says, which may be nothing', async () => {
    const parts = pullParts();
    for (const referrers of [[referrer], []]) {
      parts.upstream.referrers = referrers;
      assert.equal(await listReferrers(parts).list(ALPINE, SUBJECT), referrers);
    }
    assert.equal(asked(parts), { heads: 0, gets: 0 });
  });

  it('is what the tag says that stands in for the API', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, index([{ image: sbom }]), fallbackTag(SUBJECT));
    const listed = await listReferrers(parts).list(ALPINE, SUBJECT);
    assert.equal(
      listed.map(({ digest }) => digest),
      [referrer.digest],
    );
  });

  it('is empty without an API, a tag or a repository', async () => {
    const parts = pullParts();
    assert.equal(await listReferrers(parts).list(ALPINE, SUBJECT), []);
    parts.upstream.push(ALPINE, IMAGE);
    assert.equal(await listReferrers(parts).list(ALPINE, SUBJECT), []);
    assert.equal(await listReferrers(parts).list(ALPINE, digestNamed('unknown')), []);
  });

  it('is the last answer when the upstream fails, and a failure if there was none', async () => {
    const parts = pullParts();
    const list = listReferrers(parts);
    parts.upstream.referrers = [referrer];
    await list.list(ALPINE, SUBJECT);
    parts.upstream.outage = DOWN;
    assert.equal(await list.list(ALPINE, SUBJECT), [referrer]);
    await rejects(list.list(ALPINE, digestNamed('other')), UpstreamUnreachable);
  });

  it('comes from the tag in storage when the upstream then fails', async () => {
    const parts = pullParts();
    parts.upstream.push(ALPINE, index([{ image: sbom }]), fallbackTag(SUBJECT));
    await get(parts, fallbackTag(SUBJECT));
    parts.upstream.fail('resolve', DOWN);
    assert.is((await listReferrers(parts).list(ALPINE, SUBJECT)).length, 1);
  });
});
