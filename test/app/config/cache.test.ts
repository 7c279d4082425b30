import * as assert from 'uvu/assert';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { formatByteSize } from '../../../src/domain/upkeep/byte-size.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const HOUR_MS = 3_600_000;

/** Each row is a file below its first line and what is said about it, without `config.yml:`. */
const MISTAKES: readonly (readonly [yaml: string, problem: string])[] = [
  [
    'proxy: {cache: {maxsize: 200G}}',
    '2:26: proxy.cache.maxsize `200G` can mean two sizes: write `GiB` (1024) or `GB` (1000)',
  ],
  [
    'proxy: {cache: {maxsize: 101%}}',
    '2:26: proxy.cache.maxsize `101%` is no share: it must be more than 0% and at most 100%',
  ],
  [
    'proxy: {cache: {maxsize: much}}',
    '2:26: proxy.cache.maxsize `much` is no size: write it like `200GiB`, `10GB` or `80%`',
  ],
  [
    'proxy: {cache: {maxsize: 0}}',
    '2:26: proxy.cache.maxsize must be more than 0; `100%` is no limit but the disk',
  ],
  ['proxy: {cache: {maxsize: 0.9}}', '2:26: proxy.cache.maxsize `0.9` has a fraction of a byte'],
  [
    'proxy: {cache: {maxsize: [1GiB]}}',
    '2:26: proxy.cache.maxsize must be a size such as `200GiB` or `80%`, not a list',
  ],
  ['proxy: {cache: {lowwater: 1.5}}', '2:27: proxy.cache.lowwater `1.5` has a fraction of a byte'],
  [
    'proxy: {cache: {maxsize: 1GiB, lowwater: 2GiB}}',
    '2:42: proxy.cache.lowwater must not be more than proxy.cache.maxsize',
  ],
  [
    'proxy: {cache: {max_size: 1GiB}}',
    '2:17: proxy.cache.max_size is not a known key; did you mean `proxy.cache.maxsize`?',
  ],
  [
    'proxy:\n  cache:\n    keep:\n    - library/debian:*\n    - "Debian"',
    '6:7: proxy.cache.keep.1 must be a pattern such as `library/*:*-slim`, not "Debian"',
  ],
];

testSuite('the keys of a cache that keeps itself', (it) => {
  it('have defaults', () => {
    const { maxSize, lowWater, keep, ttlMs } = load(undefined).config.cache;
    assert.is(formatByteSize(maxSize), '90%');
    assert.is(formatByteSize(lowWater), '90%');
    assert.equal(keep, []);
    assert.is(ttlMs, 168 * HOUR_MS);
  });

  const sizes: [written: string, maxsize: string][] = [
    ['200GiB', '200 GiB'],
    ['10 GB', '9.31 GiB'],
    ['1048576', '1 MiB'],
    ['80%', '80%'],
  ];
  for (const [written, read] of sizes) {
    it(`take ${written} for a size`, () => {
      const { maxSize } = load(file(`proxy: {cache: {maxsize: ${written}}}`)).config.cache;
      assert.is(formatByteSize(maxSize), read);
    });
  }

  for (const written of ['0.9', '.9', '90%', '"0.90"']) {
    it(`take ${written} for a share of the whole`, () => {
      const { lowWater } = load(file(`proxy: {cache: {lowwater: ${written}}}`)).config.cache;
      assert.equal(lowWater, { kind: 'share', share: 0.9 });
    });
  }

  it('take patterns of images to be kept', () => {
    const { keep } = load(undefined, { REGISTRY_PROXY_CACHE_KEEP: '[library/debian:*]' }).config
      .cache;
    assert.is(keep.length, 1);
    assert.ok(keep[0]?.matches(parseRepositoryName('library/debian'), parseTag('12')));
    assert.not(keep[0]?.matches(parseRepositoryName('library/alpine'), parseTag('12')));
  });

  const ages: [written: string, ttlMs: number][] = [
    ['24h', 24 * HOUR_MS],
    ['0', 0],
    ['-1s', 0],
  ];
  for (const [written, ttlMs] of ages) {
    it(`take ${written} for a ttl`, () => {
      assert.is(load(file(`proxy: {ttl: ${written}}`)).config.cache.ttlMs, ttlMs);
    });
  }

  for (const [yaml, problem] of MISTAKES) {
    it(`refuse ${yaml}`, () => assert.equal(mistakes(file(yaml)), [`config.yml:${problem}`]));
  }
});
