import { contentRange, parseByteRange, resolveRange } from '../../../src/domain/byte-range.ts';
import { RangeNotSatisfiable } from '../../../src/domain/errors.ts';
import { S3Error } from './s3-error.ts';
import type { S3Operation, S3Request } from './s3-request.ts';
import type { S3Object, S3Store } from './s3-store.ts';
import { document, type Elements, textsOf } from './xml.ts';

export interface S3Settings {
  /** What becomes of `If-None-Match`. */
  conditionalWrites: 'kept' | 'ignored' | 'refused';
  /** How many keys one page of a list has at most. */
  pageSize: number;
  /** How far the service's clock is ahead, in milliseconds. */
  clockAheadMs: number;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

type Act = (request: S3Request, body: Buffer, store: S3Store, settings: S3Settings) => S3Answer;

/** What the service does, once a request is understood and may be made. */
export const OPERATIONS: Record<S3Operation, Act> = {
  ListObjectsV2: ({ query }, _, store, { pageSize }) => {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const entries = grouped([...store.objects.keys()], prefix, delimiter)
      .filter((name) => name > after)
      .sort();
    const page = entries.slice(0, pageSize);
    const isTruncated = entries.length > page.length;
    const isGroup = (name: string): boolean => delimiter !== '' && !store.objects.has(name);
    return xml('ListBucketResult', {
      Prefix: prefix,
      KeyCount: page.length,
      IsTruncated: isTruncated,
      ...(isTruncated && { NextContinuationToken: page.at(-1) ?? '' }),
      Contents: page
        .filter((name) => !isGroup(name))
        .map((name) => ({ Key: name, Size: store.get(name).bytes.length })),
      CommonPrefixes: page.filter(isGroup).map((name) => ({ Prefix: name })),
    });
  },
  ListMultipartUploads: ({ query }, _, store, { pageSize }) => {
    const prefix = query.get('prefix') ?? '';
    const marker = query.get('upload-id-marker') ?? '';
    const all = [...store.uploads.values()]
      .filter(({ key, id }) => key.startsWith(prefix) && id > marker)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = all.slice(0, pageSize);
    const last = page.at(-1);
    return xml('ListMultipartUploadsResult', {
      IsTruncated: all.length > page.length,
      ...(last && { NextKeyMarker: last.key, NextUploadIdMarker: last.id }),
      Upload: page.map(({ id, key, startedAt }) => {
        return { Key: key, UploadId: id, Initiated: new Date(startedAt).toISOString() };
      }),
    });
  },
  GetObject: ({ key, headers }, _, store) => sent(store.get(key), headers.range),
  HeadObject: ({ key }, _, store) => {
    const { bytes, etag } = store.get(key);
    return { status: 200, headers: { etag, 'content-length': String(bytes.length) } };
  },
  PutObject: ({ key, headers }, body, store, { conditionalWrites }) => {
    if (headers['if-none-match'] !== undefined) {
      if (conditionalWrites === 'refused') throw new S3Error(501, 'NotImplemented');
      const isKept = conditionalWrites === 'kept';
      if (isKept && store.objects.has(key)) throw new S3Error(412, 'PreconditionFailed');
    }
    return { status: 200, headers: { etag: store.put(key, body, amzOf(headers)).etag } };
  },
  DeleteObject: ({ key }, _, store) => {
    store.objects.delete(key);
    return { status: 204 };
  },
  DeleteObjects: ({ headers }, body, store) => {
    const isSummed = headers['content-md5'] ?? headers['x-amz-checksum-crc32'];
    if (isSummed === undefined) throw new S3Error(400, 'InvalidRequest');
    for (const key of textsOf(body.toString(), 'Key')) store.objects.delete(key);
    return xml('DeleteResult', {});
  },
  CreateMultipartUpload: ({ key, headers }, _, store) => {
    const { id } = store.startUpload(key, Date.now(), amzOf(headers));
    return xml('InitiateMultipartUploadResult', { Key: key, UploadId: id });
  },
  UploadPart: ({ key, query }, body, store) => {
    const number = Number(query.get('partNumber'));
    const { etag } = store.putPart(key, query.get('uploadId') ?? '', number, body);
    return { status: 200, headers: { etag } };
  },
  CompleteMultipartUpload: ({ key, query }, body, store) => {
    const text = body.toString();
    const numbers = textsOf(text, 'PartNumber').map(Number);
    store.complete(key, query.get('uploadId') ?? '', numbers, textsOf(text, 'ETag'));
    return xml('CompleteMultipartUploadResult', { Key: key, ETag: store.get(key).etag });
  },
  AbortMultipartUpload: ({ key, query }, _, store) => {
    store.uploads.delete(store.upload(key, query.get('uploadId') ?? '').id);
    return { status: 204 };
  },
};

function xml(root: string, elements: Elements): S3Answer {
  const headers = { 'content-type': 'application/xml' };
  return { status: 200, headers, body: document(root, elements) };
}

function amzOf(headers: S3Request['headers']): Record<string, string> {
  const amz = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-'));
  return Object.fromEntries(amz.map(([name, value]) => [name, String(value)]));
}

/** The keys that begin with the prefix, those that go on past a delimiter as one. */
function grouped(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const names = keys.filter((key) => key.startsWith(prefix));
  if (delimiter === '') return names;
  const cut = (key: string): string => {
    const end = key.indexOf(delimiter, prefix.length);
    return end === -1 ? key : key.slice(0, end + delimiter.length);
  };
  return [...new Set(names.map(cut))];
}

function sent({ bytes, etag }: S3Object, header: string | undefined): S3Answer {
  if (header === undefined) return { status: 200, headers: { etag }, body: bytes };
  try {
    const asked = parseByteRange(header);
    if (asked === undefined) return { status: 200, headers: { etag }, body: bytes };
    const range = resolveRange(asked, bytes.length);
    return {
      status: 206,
      headers: { etag, 'content-range': contentRange(range, bytes.length) },
      body: bytes.subarray(range.first, range.last + 1),
    };
  } catch (error) {
    if (!(error instanceof RangeNotSatisfiable)) throw error;
    throw new S3Error(416, 'InvalidRange', { ActualObjectSize: String(bytes.length) });
  }
}
