import { StorageFailed, StorageUnavailable } from '../../../domain/errors.ts';

/** The service's or the system's name for what went wrong, such as `NoSuchBucket` or `ECONNRESET`. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

/** The status of the answer; undefined if there was none. */
export function statusOf(error: unknown): number | undefined {
  return metadataOf(error)?.httpStatusCode;
}

/** How often it was tried. */
export function attemptsOf(error: unknown): number {
  return metadataOf(error)?.attempts ?? 1;
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly attempts?: number;
}

function metadataOf(error: unknown): Metadata | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  return error.$metadata as Metadata;
}

/** Whether the object is not there. HEAD has no body, and so no name for it but `NotFound`. */
export function isAbsence(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(codeOf(error));
}

/**
 * Whether the service failed, and did not just say no. It says 429 and 503 to those who ask too much
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html).
 */
export function isOutage(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500 || status === 429;
}

/**
 * `what` is a clause such as "the blob could not be read". Whatever the trouble is, it is none of the
 * object's own. A StorageFailed stays as it is.
 */
export function s3Failed(what: string, cause: unknown): StorageFailed {
  if (cause instanceof StorageFailed) return cause;
  const code = codeOf(cause);
  const status = statusOf(cause);
  const detail = status === undefined ? { code } : { code, status };
  return new StorageUnavailable(`${what} (${code})`, { detail, cause });
}

/** Waits for `work`; what it throws becomes a StorageFailed. */
export async function orS3Failed<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw s3Failed(what, cause);
  }
}
