import { randomUUID } from 'node:crypto';
import { StorageFailed } from '../../../domain/errors.ts';
import { KAGAMI_ROOT } from '../../../domain/registry-layout.ts';
import { readObject } from './read-object.ts';
import type { S3Bucket } from './s3-bucket.ts';
import { codeOf, statusOf } from './s3-errors.ts';
import type { S3Options } from './s3-options.ts';

/** What Kagami does with the bucket, and the permission that it needs for it. */
type Step = 'list' | 'write' | 'read' | 'remove';

const PERMISSIONS: Record<Step, string> = {
  list: 's3:ListBucket',
  write: 's3:PutObject',
  read: 's3:GetObject',
  remove: 's3:DeleteObject',
};

export interface Probed {
  /** Whether the service keeps `If-None-Match: *`. */
  readonly isConditional: boolean;
}

/**
 * Does with the bucket what pulls will do, so that trouble shows at the start and not at a pull.
 *
 * @throws StorageFailed with what to do about it
 */
export async function probe(bucket: S3Bucket, options: S3Options, where: string): Promise<Probed> {
  const key = `${KAGAMI_ROOT}/probe-${randomUUID()}`;
  const value = Buffer.from('kagami');
  let step: Step = 'list';
  try {
    for await (const _ of bucket.list(`${KAGAMI_ROOT}/`, true)) break;
    step = 'write';
    await bucket.put(key, value);
    const isConditional = await refusesSecond(bucket, key, value);
    step = 'read';
    const object = await bucket.get(key);
    if (object === undefined) throw new Error('what was written is not there');
    if (Buffer.compare(await readObject(object), value) !== 0) {
      throw new Error('what was written is not what is there');
    }
    step = 'remove';
    await bucket.delete(key);
    return { isConditional };
  } catch (cause) {
    const code = codeOf(cause);
    const message = `The S3 bucket ${where} ${remedyFor(cause, step, options)}`;
    throw new StorageFailed(message, { detail: { code, step }, cause });
  }
}

/** Others ignore the condition, or do not know it (501). */
async function refusesSecond(bucket: S3Bucket, key: string, value: Uint8Array): Promise<boolean> {
  try {
    await bucket.put(key, value, true);
    return false;
  } catch (error) {
    if (statusOf(error) === 412) return true;
    if (statusOf(error) === 501 || statusOf(error) === 400) return false;
    throw error;
  }
}

/** What is wrong, the code for it, and what to do about it. */
function remedyFor(cause: unknown, step: Step, options: S3Options): string {
  const code = codeOf(cause);
  const [trouble, remedy] = sentences(cause, code, step, options);
  return `${trouble} (${code}): ${remedy}`;
}

const KEYS = 'check storage.s3.accesskey and storage.s3.secretkey, or what AWS_ variables say';

const REMEDIES: Record<string, readonly [trouble: string, remedy: string]> = {
  InvalidAccessKeyId: ['does not know the access key', KEYS],
  SignatureDoesNotMatch: ['does not accept the secret key', KEYS],
  ExpiredToken: ['does not accept the credentials any more', 'renew them'],
  CredentialsProviderError: ['needs credentials, and there are none', KEYS],
  RequestTimeTooSkewed: ['refuses requests that are dated wrongly', "set this machine's clock"],
  PermanentRedirect: ['is in another region', 'name that with storage.s3.region'],
  AuthorizationHeaderMalformed: ['is in another region', 'name that with storage.s3.region'],
  IllegalLocationConstraintException: ['is in another region', 'name it with storage.s3.region'],
  ECONNREFUSED: ['does not answer', 'start the service, or check storage.s3.regionendpoint'],
  TimeoutError: ['does not answer in time', 'check the network and storage.s3.regionendpoint'],
  AbortError: ['does not answer in time', 'check the network and storage.s3.regionendpoint'],
  EPROTO: ['does not speak TLS', 'set storage.s3.secure to false, or the endpoint to http:'],
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO/;

function sentences(
  cause: unknown,
  code: string,
  step: Step,
  { connection, bucket }: S3Options,
): readonly [trouble: string, remedy: string] {
  const pathStyle = connection.isPathStyle ? '' : ', or set storage.s3.forcepathstyle to true';
  if (code === 'NoSuchBucket') {
    return ['does not exist', `create it, or name another with storage.s3.bucket${pathStyle}`];
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return [
      'has a host that is not known',
      `check storage.s3.regionendpoint and the name server${pathStyle}`,
    ];
  }
  const known = REMEDIES[code];
  if (known !== undefined) return known;
  if (statusOf(cause) === 403) {
    const on = step === 'list' ? bucket : `${bucket}/*`;
    return [`lets us not ${step}`, `allow ${PERMISSIONS[step]} on ${on}`];
  }
  if (CERTIFICATE.test(code)) {
    return [
      'has a certificate that is not trusted',
      'name its authority with NODE_EXTRA_CA_CERTS, or set storage.s3.skipverify to true',
    ];
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  return [`cannot be used: to ${step} failed`, said];
}
