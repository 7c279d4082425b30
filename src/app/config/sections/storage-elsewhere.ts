import { anything, mapOf, refused, section, setting } from '../declare.ts';
import type { Field, Section } from '../schema.ts';
import { text, wholeNumber } from '../value-types.ts';

/** Falling back to a directory would fill a disk with what was meant for a bucket. */
const notAvailable = refused((key) => {
  const name = key.slice(key.lastIndexOf('.') + 1);
  return `storage driver \`${name}\` is not available; Kagami has filesystem, s3 and inmemory`;
});

function driver(fields: Record<string, Field>, help: string): Section {
  return section(fields, { named: true, standing: notAvailable, help });
}

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
