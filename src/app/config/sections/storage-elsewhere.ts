import { anything, mapOf, refused, section, setting } from '../declare.ts';
import type { Field, Section } from '../schema.ts';
import { boolean, text, wholeNumber } from '../value-types.ts';

/** Falling back to a directory would fill a disk with what was meant for a bucket. */
const notAvailable = refused((key) => {
  const name = key.slice(key.lastIndexOf('.') + 1);
  return `storage driver \`${name}\` is not available; Kagami has filesystem and inmemory`;
});

function driver(fields: Record<string, Field>, help: string): Section {
  return section(fields, { named: true, standing: notAvailable, help });
}

export const s3: Section = driver(
  {
    region: setting(text, { help: 'Region of the bucket.' }),
    bucket: setting(text, { help: 'Name of the bucket.' }),
    accesskey: setting(text, { secret: true, help: 'Access key; the environment if not set.' }),
    secretkey: setting(text, { secret: true, help: 'Secret key; the environment if not set.' }),
    sessiontoken: setting(text, { secret: true, help: 'Session token.' }),
    regionendpoint: setting(text, { help: 'URL of an S3-compatible service.' }),
    redirectendpoint: setting(text, { help: 'URL of that service for clients.' }),
    forcepathstyle: setting(boolean, { default: 'false', help: 'Bucket in the path.' }),
    encrypt: setting(boolean, { default: 'false', help: 'Encryption by the service.' }),
    keyid: setting(text, { help: 'KMS key for that.' }),
    secure: setting(boolean, { default: 'true', help: 'HTTPS.' }),
    skipverify: setting(boolean, { default: 'false', help: 'No check of the certificate.' }),
    v4auth: setting(boolean, { default: 'true', help: 'Signature version 4.' }),
    chunksize: setting(wholeNumber, { default: '10485760', help: 'Bytes of a part.' }),
    multipartcopychunksize: setting(wholeNumber, {
      default: '33554432',
      help: 'Bytes of a copied part.',
    }),
    multipartcopymaxconcurrency: setting(wholeNumber, {
      default: '100',
      help: 'Copies at a time.',
    }),
    multipartcopythresholdsize: setting(wholeNumber, {
      default: '33554432',
      help: 'Bytes from which copies have parts.',
    }),
    rootdirectory: setting(text, { help: 'Prefix of every object.' }),
    storageclass: setting(text, { default: 'STANDARD', help: 'Storage class; `NONE` sends none.' }),
    objectacl: setting(text, { default: 'private', help: 'ACL of each object.' }),
    useragent: setting(text, { help: 'User agent sent to the service.' }),
    usedualstack: setting(boolean, { default: 'false', help: 'IPv6 endpoints too.' }),
    accelerate: setting(boolean, { default: 'false', help: 'Transfer acceleration.' }),
    usefipsendpoint: setting(boolean, { default: 'false', help: 'FIPS endpoints.' }),
    loglevel: setting(text, { default: 'off', help: "What the service's client logs." }),
  },
  'Keeps the cache in an S3 bucket.',
);

export const gcs: Section = driver(
  {
    bucket: setting(text, { help: 'Name of the bucket.' }),
    keyfile: setting(text, { help: 'Path of the service account key.' }),
    credentials: setting(mapOf(anything), { secret: true, help: 'The key itself.' }),
    rootdirectory: setting(text, { help: 'Prefix of every object.' }),
    chunksize: setting(wholeNumber, { help: 'Bytes of a part.' }),
    maxconcurrency: setting(wholeNumber, { help: 'Operations at a time.' }),
  },
  'Keeps the cache in Google Cloud Storage.',
);

export const azure: Section = driver(
  {
    accountname: setting(text, { help: 'Name of the account.' }),
    accountkey: setting(text, { secret: true, help: 'Key of the account.' }),
    container: setting(text, { help: 'Name of the container.' }),
    realm: setting(text, { help: 'Domain of the service.' }),
    rootdirectory: setting(text, { help: 'Prefix of every object.' }),
    credentials: setting(mapOf(anything), { secret: true, help: 'Other ways to sign in.' }),
    max_retries: setting(wholeNumber, { help: 'Attempts for each request.' }),
    retry_delay: setting(text, { help: 'Wait between them.' }),
  },
  'Keeps the cache in Azure Blob Storage.',
);

/** Drivers of registry 2.x only; what is below a refused section is not looked at. */
export const swift: Section = driver({}, 'Keeps the cache in OpenStack Swift.');
export const oss: Section = driver({}, 'Keeps the cache in Alibaba Cloud OSS.');
