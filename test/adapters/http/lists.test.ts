import * as assert from 'uvu/assert';
import { testSuite } from '../../support/suite.ts';
import { sha256 } from './fake-mirror.ts';
import { codeOf, type Serving, servings } from './serving.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const SUBJECT = sha256('subject');

async function json(serving: Serving, path: string): Promise<unknown> {
  const { status, body } = await serving.ask(path);
  assert.is(status, 200);
  return JSON.parse(body.toString());
}

/** Follows the links from `path` on, as a client does. */
async function pages(serving: Serving, path: string): Promise<string[]> {
  const seen = [path];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { headers } = await serving.ask(next);
    next = /^<(.*)>; rel="next"$/.exec(String(headers['link']))?.[1];
    if (next !== undefined) seen.push(next);
  }
  return seen;
}

testSuite('tags/list', (it) => {
  const serve = servings(it);

  it('gives all tags where they fit', async () => {
    const serving = await serve();
    serving.mirror.tags = ['1', '2'];
    const answer = await serving.ask('/v2/alpine/tags/list');
    assert.is(answer.headers['content-type'], 'application/json');
    assert.is(answer.headers['link'], undefined);
    assert.equal(JSON.parse(answer.body.toString()), { name: 'library/alpine', tags: ['1', '2'] });
  });

  it('links each page to the next, below the prefix', async () => {
    const serving = await serve({ prefix: '/hub/' });
    serving.mirror.tags = ['1', '2', '3', '4', '5'];
    assert.equal(await pages(serving, '/hub/v2/alpine/tags/list?n=2'), [
      '/hub/v2/alpine/tags/list?n=2',
      '/hub/v2/library/alpine/tags/list?last=2&n=2',
      '/hub/v2/library/alpine/tags/list?last=4&n=2',
    ]);
  });

  it('goes on after a tag without a number', async () => {
    const serving = await serve();
    serving.mirror.tags = ['1', '2', '3'];
    const page = await json(serving, '/v2/a/b/tags/list?last=1');
    assert.equal(page, { name: 'a/b', tags: ['2', '3'] });
  });

  it('gives no more than its limit at once, but everything in the end', async () => {
    const serving = await serve({ tagsLimit: 2 });
    serving.mirror.tags = ['1', '2', '3'];
    const seen = await pages(serving, '/v2/a/b/tags/list?n=1000000');
    assert.equal(seen.slice(1), ['/v2/a/b/tags/list?last=2&n=2']);
  });

  it('gives none when asked for none, and asks nobody', async () => {
    const serving = await serve();
    serving.mirror.tags = ['1'];
    assert.equal(await json(serving, '/v2/a/b/tags/list?n=0'), { name: 'a/b', tags: [] });
    assert.equal(serving.mirror.calls, []);
  });

  it('refuses a number that is none', async () => {
    const answer = await (await serve()).ask('/v2/a/b/tags/list?n=-1');
    assert.is(answer.status, 400);
    assert.is(codeOf(answer), 'PAGINATION_NUMBER_INVALID');
  });
});

testSuite('_catalog', (it) => {
  const serve = servings(it);

  it('gives the repositories page by page', async () => {
    const serving = await serve();
    serving.mirror.repositories = ['a/b', 'c', 'd'];
    assert.equal(await json(serving, '/v2/_catalog'), { repositories: ['a/b', 'c', 'd'] });
    assert.equal(await pages(serving, '/v2/_catalog?n=1'), [
      '/v2/_catalog?n=1',
      '/v2/_catalog?last=a%2Fb&n=1',
      '/v2/_catalog?last=c&n=1',
    ]);
  });

  it('gives none when asked for none', async () => {
    const serving = await serve();
    assert.equal(await json(serving, '/v2/_catalog?n=0'), { repositories: [] });
    assert.equal(serving.mirror.calls, []);
  });

  it('refuses more than its limit, as the CNCF registry does', async () => {
    const answer = await (await serve({ catalogLimit: 5 })).ask('/v2/_catalog?n=6');
    assert.is(answer.status, 400);
    assert.is(codeOf(answer), 'PAGINATION_NUMBER_INVALID');
  });
});

testSuite('referrers', (it) => {
  const serve = servings(it);
  const sbom = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: sha256('sbom'),
    size: 7,
    artifactType: 'application/sbom+json',
    annotations: { by: 'us' },
  };
  const signature = { ...sbom, digest: sha256('signature'), artifactType: 'application/signature' };

  it('are an index, exactly', async () => {
    const serving = await serve();
    serving.mirror.referrers = [sbom, signature];
    const answer = await serving.ask(`/v2/alpine/referrers/${SUBJECT}`);
    assert.is(answer.headers['content-type'], INDEX);
    assert.is(answer.headers['oci-filters-applied'], undefined);
    assert.equal(JSON.parse(answer.body.toString()), {
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [sbom, signature],
    });
  });

  it('are filtered by their type, and the answer says so', async () => {
    const serving = await serve();
    serving.mirror.referrers = [sbom, signature];
    const type = encodeURIComponent(sbom.artifactType);
    const answer = await serving.ask(`/v2/alpine/referrers/${SUBJECT}?artifactType=${type}`);
    assert.is(answer.headers['oci-filters-applied'], 'artifactType');
    assert.equal(JSON.parse(answer.body.toString()).manifests, [sbom]);
  });

  it('are an empty index where there are none', async () => {
    const index = await json(await serve(), `/v2/alpine/referrers/${SUBJECT}`);
    assert.equal(index, { schemaVersion: 2, mediaType: INDEX, manifests: [] });
  });
});
