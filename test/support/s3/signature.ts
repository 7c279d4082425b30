import { createHash, createHmac } from 'node:crypto';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

interface Signed {
  readonly credential: string;
  readonly headers: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
}

const LONGEST_SKEW_MS = 15 * 60 * 1000;

/**
 * Checks a signature of version 4, in the header or in the query
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
 *
 * @throws S3Error
 */
export function checkSignature(request: S3Request, keys: S3Keys, now: number): void {
  const signed = request.query.has('X-Amz-Signature') ? inQuery(request) : inHeader(request);
  if (signed === undefined) throw new S3Error(403, 'AccessDenied');
  const [accessKey, day = '', region = '', service = ''] = signed.credential.split('/');
  if (accessKey !== keys.accessKey) throw new S3Error(403, 'InvalidAccessKeyId');
  checkTime(request, signed.date, now);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', signed.date, scope, sha256(canonical(request, signed))];
  let key: Buffer | string = `AWS4${keys.secretKey}`;
  for (const part of [day, region, service, 'aws4_request']) key = hmac(key, part);
  const expected = hmac(key, toSign.join('\n')).toString('hex');
  if (expected !== signed.signature) throw new S3Error(403, 'SignatureDoesNotMatch');
}

function inHeader({ headers }: S3Request): Signed | undefined {
  const text = headers.authorization ?? '';
  const [, credential = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(text) ??
    [];
  if (signature === '') return undefined;
  const date = String(headers['x-amz-date']);
  const payload = String(headers['x-amz-content-sha256']);
  return { credential, headers: names.split(';'), signature, date, payload };
}

function inQuery({ query }: S3Request): Signed {
  const of = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  return {
    credential: of('Credential'),
    headers: of('SignedHeaders').split(';'),
    signature: of('Signature'),
    date: of('Date'),
    payload: 'UNSIGNED-PAYLOAD',
  };
}

function checkTime({ query }: S3Request, date: string, now: number): void {
  const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..)/, '$1-$2-$3:$4:$5.000'));
  const expires = query.get('X-Amz-Expires');
  if (expires !== null) {
    if (now > at + Number(expires) * 1000) throw new S3Error(403, 'AccessDenied');
  } else if (Math.abs(now - at) > LONGEST_SKEW_MS) {
    throw new S3Error(403, 'RequestTimeTooSkewed');
  }
}

function canonical({ method, path, query, headers }: S3Request, signed: Signed): string {
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort();
  const named = signed.headers.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const names = signed.headers.join(';');
  return [method, path, parameters.join('&'), named.join(''), names, signed.payload].join('\n');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
