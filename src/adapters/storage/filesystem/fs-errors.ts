import { StorageFailed, StorageFull } from '../../../domain/errors.ts';

/** What the system's error codes mean, where it helps to say it. */
const MEANINGS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an error',
  EMFILE: 'this process has too many files open: raise its limit (ulimit -n)',
  ENFILE: 'the system has too many files open',
  ENOSPC: 'no space left on the disk',
  EROFS: 'the file system is read-only',
};

/** The system's code for what went wrong, such as `ENOENT`; undefined if it was something else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Whether the error says that nothing usable is at a path: no such name, a file where a folder is
 * needed, a loop of links, or a folder, a socket or a device where a file is needed.
 */
export function isAbsence(error: unknown): boolean {
  const code = errnoOf(error) ?? '';
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO', 'ENODEV'].includes(code);
}

/** `what` is a clause such as "the blob could not be read". A StorageFailed stays as it is. */
export function storageFailed(what: string, cause: unknown): StorageFailed {
  if (cause instanceof StorageFailed) return cause;
  const errno = errnoOf(cause);
  const meaning = MEANINGS[errno ?? ''];
  const code = errno === undefined ? '' : ` (${errno})`;
  const message = `${what}${meaning === undefined ? '' : `: ${meaning}`}${code}`;
  const Failure = isFull(errno) ? StorageFull : StorageFailed;
  return new Failure(message, { detail: errno === undefined ? undefined : { errno }, cause });
}

function isFull(errno: string | undefined): boolean {
  return errno === 'ENOSPC' || errno === 'EDQUOT';
}

/** Waits for `work`; what it throws becomes a StorageFailed. */
export async function orStorageFailed<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw storageFailed(what, cause);
  }
}
