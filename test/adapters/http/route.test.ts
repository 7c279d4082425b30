import * as assert from 'uvu/assert';
import { Namespaces } from '../../../src/adapters/http/namespace.ts';
import { Routes } from '../../../src/adapters/http/route.ts';
import { RegistryError } from '../../../src/domain/errors.ts';
import { testSuite } from '../../support/suite.ts';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;
const SHA512 = `sha512:${'b'.repeat(128)}`;
const ALPINE = 'library/alpine';

const tag = (repository: string, name: string): object => ({
  kind: 'manifest',
  repository,
  reference: { kind: 'tag', tag: name },
});
const byDigest = (repository: string, digest: string): object => ({
  kind: 'manifest',
  repository,
  reference: { kind: 'digest', digest },
});
const blob = (repository: string, digest: string): object => ({ kind: 'blob', repository, digest });
const tags = (repository: string, n?: number, last?: string): object => ({
  kind: 'tags',
  repository,
  page: { n, last },
});

const GOOD: readonly (readonly [string, object])[] = [
  ['/', { kind: 'alive' }],
  ['/healthz', { kind: 'alive' }],
  ['/healthz?verbose', { kind: 'alive' }],
  ['/v2', { kind: 'base' }],
  ['/v2/', { kind: 'base' }],
  ['/v2/?ns=docker.io', { kind: 'base', namespace: 'docker.io' }],
  ['http://mirror:5000/v2/', { kind: 'base' }],
  ['http://mirror:5000', { kind: 'alive' }],
  ['/v2/_catalog', { kind: 'catalog', page: { n: undefined, last: undefined } }],
  ['/v2/_catalog?n=3&last=a%2Fb', { kind: 'catalog', page: { n: 3, last: 'a/b' } }],
  ['/v2/alpine/manifests/3.20', tag(ALPINE, '3.20')],
  ['/v2/library/alpine/manifests/latest', tag(ALPINE, 'latest')],
  ['/v2/a/b/c/d/manifests/_x', tag('a/b/c/d', '_x')],
  [`/v2/alpine/manifests/${DIGEST}`, byDigest(ALPINE, DIGEST)],
  [`/v2/alpine/manifests/sha256%3A${HEX}`, byDigest(ALPINE, DIGEST)],
  [`/v2/alpine/manifests/sha256%3a${HEX}`, byDigest(ALPINE, DIGEST)],
  [`/v2/alpine/manifests/${SHA512}`, byDigest(ALPINE, SHA512)],
  [`/v2/alpine/manifests/sha256-${HEX}.sig`, tag(ALPINE, `sha256-${HEX}.sig`)],
  ['/v2/%61lpine/manifests/%6catest', tag(ALPINE, 'latest')],
  ['/v2/foo/manifests/bar/manifests/1', tag('foo/manifests/bar', '1')],
  ['/v2/foo/blobs/uploads/manifests/1', tag('foo/blobs/uploads', '1')],
  ['/v2/manifests/manifests/manifests', tag('library/manifests', 'manifests')],
  [`/v2/a/b/blobs/${DIGEST}`, blob('a/b', DIGEST)],
  [`/v2/tags/list/blobs/${DIGEST}`, blob('tags/list', DIGEST)],
  [`/v2/a/manifests/1/blobs/${DIGEST}`, blob('a/manifests/1', DIGEST)],
  ['/v2/a/b/tags/list', tags('a/b')],
  ['/v2/a/b/tags/list?', tags('a/b')],
  ['/v2/a/b/tags/list?n=0', tags('a/b', 0)],
  ['/v2/a/b/tags/list?last=1.2&n=07', tags('a/b', 7, '1.2')],
  ['/v2/a/b/tags/list?n=1&n=2&last=', tags('a/b', 1)],
  ['/v2/a/b/tags/list?last=a+b', tags('a/b', undefined, 'a b')],
  [
    `/v2/a/b/referrers/${DIGEST}`,
    { kind: 'referrers', repository: 'a/b', subject: DIGEST, artifactType: undefined },
  ],
  [
    `/v2/a/b/referrers/${DIGEST}?artifactType=application%2Fsbom%2Bjson`,
    {
      kind: 'referrers',
      repository: 'a/b',
      subject: DIGEST,
      artifactType: 'application/sbom+json',
    },
  ],
];

const BAD: readonly (readonly [string, string])[] = [
  ['/v1/', 'UNSUPPORTED'],
  ['/v2x', 'UNSUPPORTED'],
  ['/v22/', 'UNSUPPORTED'],
  ['//', 'UNSUPPORTED'],
  ['//v2/', 'UNSUPPORTED'],
  ['/etc/passwd', 'UNSUPPORTED'],
  ['/../../etc/passwd', 'UNSUPPORTED'],
  ['/v2/../../../etc/passwd', 'UNSUPPORTED'],
  ['/favicon.ico', 'UNSUPPORTED'],
  ['*', 'UNSUPPORTED'],
  ['mirror:5000', 'UNSUPPORTED'],
  ['ftp://mirror/v2/', 'UNSUPPORTED'],
  ['/v2/alpine', 'UNSUPPORTED'],
  ['/v2/alpine/', 'UNSUPPORTED'],
  ['/v2/alpine/manifests', 'UNSUPPORTED'],
  ['/v2/manifests/latest', 'UNSUPPORTED'],
  ['/v2/alpine/manifests/latest/', 'UNSUPPORTED'],
  ['/v2/alpine/manifests/a/b', 'UNSUPPORTED'],
  ['/v2/alpine/tags', 'UNSUPPORTED'],
  ['/v2/alpine/tags/', 'UNSUPPORTED'],
  ['/v2/alpine/tags/list/', 'UNSUPPORTED'],
  ['/v2/alpine/tags/other', 'UNSUPPORTED'],
  ['/v2/tags/list', 'UNSUPPORTED'],
  ['/v2/_catalog/', 'UNSUPPORTED'],
  ['/v2/alpine/blobs/uploads', 'UNSUPPORTED'],
  ['/v2/alpine/blobs/uploads/', 'UNSUPPORTED'],
  ['/v2/alpine/blobs/uploads/0a-1b?_state=x', 'UNSUPPORTED'],
  ['/v2/Alpine/manifests/latest', 'NAME_INVALID'],
  ['/v2/-a/manifests/latest', 'NAME_INVALID'],
  ['/v2/a..b/manifests/latest', 'NAME_INVALID'],
  ['/v2/a___b/manifests/latest', 'NAME_INVALID'],
  ['/v2/a//b/manifests/latest', 'NAME_INVALID'],
  ['/v2//manifests/latest', 'NAME_INVALID'],
  ['/v2//a/manifests/latest', 'NAME_INVALID'],
  ['/v2/./a/manifests/latest', 'NAME_INVALID'],
  ['/v2/a/../b/manifests/latest', 'NAME_INVALID'],
  ['/v2/../../a/manifests/latest', 'NAME_INVALID'],
  ['/v2/a/manifests/../blobs/x', 'NAME_INVALID'],
  ['/v2/%2e%2e/%2e%2e/a/manifests/latest', 'NAME_INVALID'],
  ['/v2/%252e%252e/manifests/latest', 'NAME_INVALID'],
  ['/v2/a%2fb/manifests/latest', 'NAME_INVALID'],
  ['/v2/a%5Cb/manifests/latest', 'NAME_INVALID'],
  ['/v2/a\\b/manifests/latest', 'NAME_INVALID'],
  ['/v2/a/manifests/..%2f..%2fetc%2fpasswd', 'NAME_INVALID'],
  ['/v2/a/manifests/latest%00', 'NAME_INVALID'],
  ['/v2/a/manifests/latest%0d%0aX:%20y', 'NAME_INVALID'],
  ['/v2/a/manifests/latest%7f', 'NAME_INVALID'],
  ['/v2/a/manifests/%', 'NAME_INVALID'],
  ['/v2/a/manifests/%4', 'NAME_INVALID'],
  ['/v2/a/manifests/%zz', 'NAME_INVALID'],
  ['/v2/%c0%ae%c0%ae/manifests/latest', 'NAME_INVALID'],
  ['/v2/%ff/manifests/latest', 'NAME_INVALID'],
  ['/v2/caf%c3%a9/manifests/latest', 'NAME_INVALID'],
  [`/v2/${'a'.repeat(256)}/manifests/latest`, 'NAME_INVALID'],
  [`/v2/${'a/'.repeat(5000)}manifests/latest`, 'NAME_INVALID'],
  [`/v2/${'a-'.repeat(120)}/manifests/latest`, 'NAME_INVALID'],
  ['/v2/alpine/manifests/', 'TAG_INVALID'],
  ['/v2/alpine/manifests/.INVALID_MANIFEST_NAME', 'TAG_INVALID'],
  ['/v2/alpine/manifests/..', 'TAG_INVALID'],
  ['/v2/alpine/manifests/a%20b', 'TAG_INVALID'],
  [`/v2/alpine/manifests/${'t'.repeat(129)}`, 'TAG_INVALID'],
  ['/v2/alpine/manifests/sha256:totallywrong', 'DIGEST_INVALID'],
  ['/v2/alpine/manifests/md5:d41d8cd98f00b204e9800998ecf8427e', 'DIGEST_INVALID'],
  [`/v2/alpine/manifests/sha256:${HEX.toUpperCase()}`, 'DIGEST_INVALID'],
  [`/v2/alpine/blobs/sha256:${HEX}0`, 'DIGEST_INVALID'],
  ['/v2/alpine/blobs/', 'DIGEST_INVALID'],
  ['/v2/alpine/blobs/latest', 'DIGEST_INVALID'],
  ['/v2/alpine/referrers/latest', 'DIGEST_INVALID'],
  ['/v2/alpine/referrers/sha256:abc', 'DIGEST_INVALID'],
  ['/v2/alpine/tags/list?n=-1', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n=1.5', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n=', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n=0x10', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n=1e3', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?n=99999999999999999999', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/_catalog?n=many', 'PAGINATION_NUMBER_INVALID'],
  ['/v2/alpine/tags/list?last=%', 'NAME_INVALID'],
  ['/v2/alpine/tags/list?last=%00', 'NAME_INVALID'],
  ['/v2/?ns=ghcr.io%0d%0aSet-Cookie:x', 'NAME_INVALID'],
  ['/v2/?ns=caf%c3%a9', 'NAME_UNKNOWN'],
];

testSuite('a request target', (it) => {
  const routes = new Routes('/', new Namespaces(undefined, true));

  for (const [target, expected] of GOOD) {
    it(`${target} is understood`, () => {
      assert.equal(routes.parse(target), { namespace: undefined, ...expected });
    });
  }

  for (const [target, code] of BAD) {
    it(`${target.slice(0, 60)} is refused with ${code}`, () => {
      assert.is(refusal(routes, target), code);
    });
  }
});

testSuite('the namespace of a request', (it) => {
  const hub = new Routes('/', new Namespaces(['docker.io', 'index.docker.io'], true));
  const other = new Routes('/', new Namespaces(undefined, false));
  const path = '/v2/alpine/manifests/1';

  it('is Docker Hub by default: names of one word are in library/', () => {
    assert.is(repositoryOf(hub, path), ALPINE);
    assert.is(repositoryOf(hub, `${path}?ns=docker.io`), ALPINE);
    assert.is(repositoryOf(hub, '/v2/a/b/manifests/1'), 'a/b');
  });

  it('is refused if this mirror does not serve it', () => {
    assert.is(refusal(hub, `${path}?ns=ghcr.io`), 'NAME_UNKNOWN');
    assert.is(refusal(hub, '/v2/?ns=ghcr.io'), 'NAME_UNKNOWN');
  });

  it('says library/ where the upstream is another registry', () => {
    assert.is(repositoryOf(other, path), 'alpine');
    assert.is(repositoryOf(other, `${path}?ns=ghcr.io`), 'alpine');
    for (const ns of ['docker.io', 'index.docker.io', 'registry-1.docker.io']) {
      assert.is(repositoryOf(other, `${path}?ns=${ns}`), ALPINE);
    }
  });

  it('is nothing when it is empty', () => {
    assert.is(hub.parse('/v2/?ns=').namespace, undefined);
  });
});

testSuite('a path prefix', (it) => {
  const routes = new Routes('/mirror/hub/', new Namespaces(undefined, true));

  it('stands before everything', () => {
    assert.is(routes.parse('/mirror/hub/v2/').kind, 'base');
    assert.is(routes.parse('/mirror/hub/v2/alpine/manifests/1').kind, 'manifest');
    assert.is(routes.parse('/mirror/hub/').kind, 'alive');
    assert.is(refusal(routes, '/v2/'), 'UNSUPPORTED');
    assert.is(refusal(routes, '/mirror/hubv2/'), 'UNSUPPORTED');
  });

  it('is not asked of health checks', () => {
    assert.is(routes.parse('/').kind, 'alive');
    assert.is(routes.parse('/healthz').kind, 'alive');
  });
});

function refusal(routes: Routes, target: string): string {
  try {
    return `understood as ${JSON.stringify(routes.parse(target))}`;
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

function repositoryOf(routes: Routes, target: string): string {
  const route = routes.parse(target);
  return 'repository' in route ? route.repository : '';
}
