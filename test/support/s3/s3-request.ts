import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The operations of S3 that are understood, by their names in its API. */
export type S3Operation =
  | 'ListObjectsV2'
  | 'ListMultipartUploads'
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload';

/** One request, as it came and as it was understood. */
export interface S3Request {
  readonly operation: S3Operation;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly bucket: string;
  /** Empty for what concerns the bucket. */
  readonly key: string;
  /** Of what was answered; 0 while it was not. */
  status: number;
}

/** Undefined for what no operation is. The bucket's name is in the path. */
export function readRequest(message: IncomingMessage): S3Request | undefined {
  const { pathname, searchParams: query } = new URL(message.url ?? '/', 'http://any');
  const { headers, method = '' } = message;
  const [, bucket = '', ...rest] = pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const operation = operationOf(method, key, query);
  if (operation === undefined) return undefined;
  return { operation, method, path: pathname, query, headers, bucket, key, status: 0 };
}

function operationOf(method: string, key: string, query: URLSearchParams): S3Operation | undefined {
  const isBucket = key === '';
  const upload = query.has('uploadId');
  switch (method) {
    case 'GET':
      if (!isBucket) return 'GetObject';
      return query.has('uploads') ? 'ListMultipartUploads' : 'ListObjectsV2';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      return upload ? 'UploadPart' : 'PutObject';
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (isBucket) return query.has('delete') ? 'DeleteObjects' : undefined;
      return upload ? 'CompleteMultipartUpload' : 'CreateMultipartUpload';
    default:
      return undefined;
  }
}
