import { inspect } from 'node:util';
import * as assert from 'uvu/assert';
import type { S3Config } from '../../../src/app/config/config.ts';
import { testSuite } from '../../support/suite.ts';
import { file, load, mistakes } from './load.ts';

const MIB = 1024 * 1024;

function s3Of(keys: string, env: Record<string, string> = {}): S3Config {
  const { storage } = load(
    file(`storage: {s3: {bucket: b, region: eu-central-1, ${keys}}}`),
    env,
  ).config;
  if (storage.driver !== 's3') throw new Error(`the storage is ${storage.driver}`);
  return storage;
}

const DEFAULTS: S3Config = {
  driver: 's3',
  bucket: 'b',
  prefix: '',
  region: 'eu-central-1',
  endpoint: undefined,
  redirectEndpoint: undefined,
  redirects: true,
  credentials: undefined,
  pathStyle: false,
  secure: true,
  skipVerify: false,
  dualStack: false,
  fips: false,
  accelerate: false,
  userAgent: undefined,
  encrypt: false,
  kmsKeyId: undefined,
  storageClass: undefined,
  acl: undefined,
  partBytes: 10 * MIB,
  staging: '/var/lib/registry',
  stagingBytes: 10 * 1024 * MIB,
};

/** Keys, and what they change. */
const KEYS: readonly (readonly [keys: string, changes: Partial<S3Config>])[] = [
  ['', {}],
  ['rootdirectory: /some/prefix/', { prefix: 'some/prefix' }],
  ['rootdirectory: /', {}],
  ['regionendpoint: "http://minio:9000/"', { endpoint: 'http://minio:9000', pathStyle: true }],
  ['regionendpoint: minio', { endpoint: 'https://minio', pathStyle: true }],
  [
    'regionendpoint: "minio:9000", secure: false',
    { endpoint: 'http://minio:9000', pathStyle: true, secure: false },
  ],
  [
    'regionendpoint: "https://s3.eu-central-1.amazonaws.com"',
    { endpoint: 'https://s3.eu-central-1.amazonaws.com' },
  ],
  [
    'regionendpoint: "https://r2.example.com", forcepathstyle: false',
    { endpoint: 'https://r2.example.com' },
  ],
  ['forcepathstyle: true', { pathStyle: true }],
  ['redirectendpoint: "https://s3.example.com"', { redirectEndpoint: 'https://s3.example.com' }],
  ['storageclass: standard_ia', { storageClass: 'STANDARD_IA' }],
  ['storageclass: NONE', {}],
  ['objectacl: bucket-owner-full-control', { acl: 'bucket-owner-full-control' }],
  ['encrypt: true, keyid: some-key', { encrypt: true, kmsKeyId: 'some-key' }],
  ['chunksize: 5242880', { partBytes: 5 * MIB }],
  [
    'staging: /tmp/staging, stagingsize: 2GiB',
    { staging: '/tmp/staging', stagingBytes: 2048 * MIB },
  ],
  ['skipverify: true, useragent: me', { skipVerify: true, userAgent: 'me' }],
  [
    'usedualstack: true, accelerate: true, usefipsendpoint: true',
    { dualStack: true, accelerate: true, fips: true },
  ],
];

const PROBLEMS: readonly (readonly [storage: string, ...sentences: string[]])[] = [
  [
    's3',
    '2:10: storage.s3 needs a bucket: set storage.s3.bucket',
    '2:10: storage.s3 needs a region: set storage.s3.region, or storage.s3.regionendpoint',
  ],
  [
    '{s3: {bucket: b}}',
    '2:11: storage.s3 needs a region: set storage.s3.region, or storage.s3.regionendpoint',
  ],
  [
    '{s3: {bucket: b, region: r, chunksize: 1000}}',
    '2:49: storage.s3.chunksize must be between 5242880 (5 MiB) and 5368709120 (5 GiB)',
  ],
  [
    '{s3: {bucket: b, region: r, accesskey: a}}',
    '2:49: storage.s3.accesskey is of no use without storage.s3.secretkey',
  ],
  [
    '{s3: {bucket: b, region: r, secretkey: a}}',
    '2:49: storage.s3.secretkey is of no use without storage.s3.accesskey',
  ],
  [
    '{s3: {bucket: b, regionendpoint: "ftp://a"}}',
    '2:11: storage.s3 needs a region: set storage.s3.region, or storage.s3.regionendpoint',
    '2:43: storage.s3.regionendpoint must be a URL such as `https://minio.example.com:9000`',
  ],
  [
    '{s3: {bucket: b, region: r, stagingsize: 80%}}',
    '2:51: storage.s3.stagingsize must be a number of bytes such as `10GiB`, not "80%"',
  ],
  [
    '{filesystem: {}, s3: {bucket: b, region: r}}',
    '2:27: storage.s3 is a second driver beside storage.filesystem (config.yml:2:11); keep one',
  ],
];

testSuite('storage.s3', (it) => {
  for (const [keys, changes] of KEYS) {
    it(keys === '' ? 'has defaults' : `understands ${keys}`, () => {
      assert.equal(s3Of(keys), { ...DEFAULTS, ...changes });
    });
  }

  it('serves blobs itself if it is told so', () => {
    const redirect = { REGISTRY_STORAGE_REDIRECT_DISABLE: 'true' };
    assert.equal(s3Of('', redirect), { ...DEFAULTS, redirects: false });
  });

  it('can be set by variables alone', () => {
    const { config } = load(undefined, {
      REGISTRY_STORAGE: 's3',
      REGISTRY_STORAGE_S3_BUCKET: 'b',
      REGISTRY_STORAGE_S3_REGION: 'eu-central-1',
    });
    assert.equal(config.storage, DEFAULTS);
  });

  it('keeps credentials to itself', () => {
    const config = s3Of('accesskey: hunter2, secretkey: hunter3, sessiontoken: hunter4');
    assert.is(config.credentials?.accessKey.reveal(), 'hunter2');
    assert.is(config.credentials?.secretKey.reveal(), 'hunter3');
    assert.is(config.credentials?.sessionToken?.reveal(), 'hunter4');
    assert.not.match(inspect(config, { depth: 9 }) + JSON.stringify(config), 'hunter');
  });

  it('names keys without effect in one warning', () => {
    const yaml =
      'storage: {s3: {bucket: b, region: r, loglevel: debug, multipartcopychunksize: 1}}';
    const [warning = '', ...others] = load(file(yaml)).warnings.filter((each) =>
      each.includes('storage'),
    );
    assert.match(
      warning,
      /no effect.*storage\.s3\.multipartcopychunksize .*storage\.s3\.loglevel /,
    );
    assert.equal(others, []);
  });

  for (const [storage, ...sentences] of PROBLEMS) {
    it(`is refused: ${storage}`, () => {
      assert.equal(
        mistakes(file(`storage: ${storage}`)),
        sentences.map((sentence) => `config.yml:${sentence}`),
      );
    });
  }
});
