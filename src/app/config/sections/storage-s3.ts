import type { S3Config, S3CredentialsConfig } from '../config.ts';
import { ignored, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { Secret } from '../secret.ts';
import { boolean, bytes, text, wholeNumber } from '../value-types.ts';
import type { Values } from '../values.ts';

const MIB = 1024 * 1024;

/** What the service allows for a part (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const PART = { least: 5 * MIB, most: 5 * 1024 * MIB };

const off = { default: 'false' } as const;

const bucket = setting(text, { help: 'Name of the bucket. Must be set.' });
const region = setting(text, {
  help: 'Region of the bucket. Must be set where `regionendpoint` is not.',
});
const regionendpoint = setting(text, { help: 'URL of a service other than AWS.' });
const redirectendpoint = setting(text, {
  help: 'URL of that service as clients reach it, to which they are sent for blobs; `regionendpoint` unless set.',
});
const forcepathstyle = setting(boolean, {
  help: "The bucket's name is in the path, and not in the host's name; so by itself where `regionendpoint` is not one of AWS.",
});
const accesskey = setting(text, {
  secret: true,
  help: 'Access key. Without it, the credentials are those that the AWS SDK finds: variables, a profile, a role.',
});
const secretkey = setting(text, { secret: true, help: 'Secret key; goes with the access key.' });
const sessiontoken = setting(text, { secret: true, help: 'Session token; goes with the two.' });
const secure = setting(boolean, {
  default: 'true',
  help: 'HTTPS, where `regionendpoint` does not say.',
});
const skipverify = setting(boolean, { ...off, help: "No check of the service's certificate." });
const encrypt = setting(boolean, { ...off, help: 'Asks the service to encrypt what it stores.' });
const keyid = setting(text, { help: 'KMS key for that; without it, the service has its own.' });
const chunksize = setting(wholeNumber, {
  default: '10485760',
  help: 'Bytes of a part of a multipart upload; what is no larger is uploaded by one request. Four are in memory at a time.',
});
const rootdirectory = setting(text, { help: 'Prefix of every object.' });
const storageclass = setting(text, {
  default: 'STANDARD',
  help: 'Storage class; `NONE`, and `STANDARD` too, leaves it to the bucket.',
});
const objectacl = setting(text, {
  default: 'private',
  help: 'ACL of each object; `private` leaves it to the bucket.',
});
const useragent = setting(text, { help: 'Added to the user agent of each request.' });
const usedualstack = setting(boolean, { ...off, help: "AWS's endpoints with IPv6." });
const accelerate = setting(boolean, { ...off, help: "AWS's transfer acceleration." });
const usefipsendpoint = setting(boolean, { ...off, help: "AWS's FIPS endpoints." });
const staging = setting(text, {
  help: "Directory for what is on its way to the bucket, and for what its readers have not read yet. `/var/lib/registry` if that can be written, else the user's cache directory.",
});
const stagingsize = setting(bytes, {
  default: '10GiB',
  help: 'How much one process may have there. What does not fit is served, and not stored.',
});

/** Copies are what the registry moves uploads with; nothing here is moved. */
const withoutEffect = {
  v4auth: setting(boolean, {
    default: 'true',
    standing: ignored,
    help: 'Signature version 4; there is no other.',
  }),
  multipartcopychunksize: setting(wholeNumber, {
    default: '33554432',
    standing: ignored,
    help: 'Bytes of a copied part.',
  }),
  multipartcopymaxconcurrency: setting(wholeNumber, {
    default: '100',
    standing: ignored,
    help: 'Copies at a time.',
  }),
  multipartcopythresholdsize: setting(wholeNumber, {
    default: '33554432',
    standing: ignored,
    help: 'Bytes from which copies have parts.',
  }),
  loglevel: setting(text, {
    default: 'off',
    standing: ignored,
    help: "What the service's client logs.",
  }),
};

export const s3: Section = section(
  {
    bucket,
    region,
    regionendpoint,
    redirectendpoint,
    forcepathstyle,
    accesskey,
    secretkey,
    sessiontoken,
    secure,
    skipverify,
    encrypt,
    keyid,
    chunksize,
    rootdirectory,
    storageclass,
    objectacl,
    useragent,
    usedualstack,
    accelerate,
    usefipsendpoint,
    staging,
    stagingsize,
    ...withoutEffect,
  },
  { named: true, help: 'Keeps the cache in a bucket of S3, or of a service that speaks it.' },
);

/** @param directory where the staging is unless it is named */
export function s3Of(values: Values, directory: () => string, redirects: boolean): S3Config {
  const endpoint = endpointOf(values, regionendpoint);
  const ofBucket = values.of(storageclass).toUpperCase();
  const config: S3Config = {
    driver: 's3',
    bucket: values.of(bucket) ?? '',
    prefix: (values.of(rootdirectory) ?? '').replace(/^\/+|\/+$/g, ''),
    region: values.of(region) || 'us-east-1',
    endpoint,
    redirectEndpoint: endpointOf(values, redirectendpoint),
    redirects,
    credentials: credentialsOf(values),
    pathStyle: values.of(forcepathstyle) ?? (endpoint !== undefined && !isOfAws(endpoint)),
    secure: values.of(secure),
    skipVerify: values.of(skipverify),
    dualStack: values.of(usedualstack),
    fips: values.of(usefipsendpoint),
    accelerate: values.of(accelerate),
    userAgent: values.of(useragent) || undefined,
    encrypt: values.of(encrypt),
    kmsKeyId: values.of(keyid) || undefined,
    storageClass: ['NONE', 'STANDARD', ''].includes(ofBucket) ? undefined : ofBucket,
    acl: ['private', ''].includes(values.of(objectacl)) ? undefined : values.of(objectacl),
    partBytes: partBytesOf(values),
    staging: values.of(staging) || directory(),
    stagingBytes: values.of(stagingsize),
  };
  if (config.bucket === '') values.problem(s3, 'needs a bucket: set storage.s3.bucket');
  if (endpoint === undefined && !values.of(region)) {
    values.problem(s3, 'needs a region: set storage.s3.region, or storage.s3.regionendpoint');
  }
  return config;
}

/** As the registry's SDK reads it: a scheme may be missing. */
function endpointOf(values: Values, field: Setting<string | undefined>): string | undefined {
  const written = values.of(field);
  if (!written) return undefined;
  const scheme = values.of(secure) ? 'https' : 'http';
  const whole = /^[a-z]+:\/\//i.test(written) ? written : `${scheme}://${written}`;
  const isUrl = URL.canParse(whole) && /^https?:$/.test(new URL(whole).protocol);
  if (isUrl) return whole.replace(/\/+$/, '');
  values.problem(field, 'must be a URL such as `https://minio.example.com:9000`');
  return undefined;
}

function isOfAws(endpoint: string): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname);
}

function credentialsOf(values: Values): S3CredentialsConfig | undefined {
  const [key, secret] = [values.of(accesskey), values.of(secretkey)];
  if (!key && !secret) return undefined;
  if (!key) values.problem(secretkey, 'is of no use without storage.s3.accesskey');
  if (!secret) values.problem(accesskey, 'is of no use without storage.s3.secretkey');
  const token = values.of(sessiontoken);
  return {
    accessKey: new Secret(key ?? ''),
    secretKey: new Secret(secret ?? ''),
    sessionToken: token ? new Secret(token) : undefined,
  };
}

function partBytesOf(values: Values): number {
  const size = values.of(chunksize);
  if (size < PART.least || size > PART.most) {
    values.problem(chunksize, `must be between ${PART.least} (5 MiB) and ${PART.most} (5 GiB)`);
  }
  return size;
}
