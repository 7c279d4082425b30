/**
 * The failures of a registry, one class each. `code` is the distribution-spec's error code
 * (https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes), or one of
 * the codes the CNCF registry adds to them. The HTTP status is the inbound adapter's affair.
 */
export type ErrorCode =
  | 'BLOB_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'RANGE_INVALID'
  | 'TAG_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNAVAILABLE'
  | 'UNKNOWN'
  | 'UNSUPPORTED';

/** What every failure of the domain has: a code, a sentence for a person, and data to act on. */
export abstract class RegistryError extends Error {
  abstract readonly code: ErrorCode;
  /** More about it, for the `detail` field of the error body; never a secret. */
  readonly detail: unknown;

  constructor(message: string, options: { detail?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.detail = options.detail;
  }
}

export class DigestInvalid extends RegistryError {
  readonly code = 'DIGEST_INVALID';
}

export class NameInvalid extends RegistryError {
  readonly code = 'NAME_INVALID';
}

export class TagInvalid extends RegistryError {
  readonly code = 'TAG_INVALID';
}

export class RangeNotSatisfiable extends RegistryError {
  readonly code = 'RANGE_INVALID';
  /** The blob's size in bytes, where it is known: the answer names it (RFC 9110 §15.5.17). */
  readonly size: number | undefined;

  constructor(message: string, size?: number) {
    super(message);
    this.size = size;
  }
}

export class PaginationInvalid extends RegistryError {
  readonly code = 'PAGINATION_NUMBER_INVALID';
}

/** The upstream says that there is no such repository, or does not let us know of it. */
export class NameUnknown extends RegistryError {
  readonly code = 'NAME_UNKNOWN';
}

export class ManifestUnknown extends RegistryError {
  readonly code = 'MANIFEST_UNKNOWN';
}

export class BlobUnknown extends RegistryError {
  readonly code = 'BLOB_UNKNOWN';
}

/** A manifest that is not JSON, or not of a shape that the image-spec knows. */
export class ManifestInvalid extends RegistryError {
  readonly code = 'MANIFEST_INVALID';
}

export class Denied extends RegistryError {
  readonly code = 'DENIED';
}

/** The client has not shown that it may ask. */
export class Unauthorized extends RegistryError {
  readonly code = 'UNAUTHORIZED';
  /** How it can: the value of `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly challenge: string;

  constructor(message: string, challenge: string) {
    super(message);
    this.challenge = challenge;
  }
}

/** The client has tried too often to show that it may ask. */
export class TooManyAttempts extends RegistryError {
  readonly code = 'TOOMANYREQUESTS';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('too many failed logins from this address; wait, and try again');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class Unsupported extends RegistryError {
  readonly code = 'UNSUPPORTED';
}

/** The storage could not be read or written. */
export class StorageFailed extends RegistryError {
  readonly code = 'UNKNOWN';
}

/** Nothing more can be written, for want of room. */
export class StorageFull extends StorageFailed {}

/** The storage could not be asked: what is in it may be sound all the same. */
export class StorageUnavailable extends StorageFailed {}

/**
 * The upstream could not give an answer: what is cached may be served in its place. A 404 or a 403
 * is an answer, and not one of these.
 */
export abstract class UpstreamFailure extends RegistryError {}

/** No connection, no name, or a connection that broke. */
export class UpstreamUnreachable extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';
}

/** The upstream did not answer in time. */
export class UpstreamTimeout extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';
}

/** The upstream answered, but not in a way that makes sense: 5xx, HTML, broken JSON, a wrong length. */
export class UpstreamBadAnswer extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';
}

/** The upstream refuses for now (429). */
export class TooManyRequests extends UpstreamFailure {
  readonly code = 'TOOMANYREQUESTS';
  /** Seconds to wait, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number, detail?: unknown) {
    super(message, { detail });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The upstream has kept failing and is given a rest: it is not asked until a probe was answered. */
export class UpstreamPaused extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';
  /** Seconds until the next probe. */
  readonly retryAfterSeconds: number;

  constructor(
    message: string,
    retryAfterSeconds: number,
    options: { detail?: unknown; cause?: unknown },
  ) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The upstream refuses our credentials. */
export class CredentialsRejected extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';
}

/** The bytes that came are not the bytes that the digest names. */
export class DigestMismatch extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';

  constructor(what: string, expected: string, found: string) {
    super(`${what} from the upstream does not match its digest`, { detail: { expected, found } });
  }
}

/** A blob cannot be had whose manifest has been served. */
export class BlobUnavailable extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';

  constructor(cause: UpstreamFailure) {
    super(cause.message, { detail: cause.detail, cause });
  }
}

/** More or fewer bytes came than were announced. */
export class SizeMismatch extends UpstreamFailure {
  readonly code = 'UNAVAILABLE';

  constructor(what: string, expected: number, found: number) {
    super(`${what} from the upstream does not have its announced size`, {
      detail: { expected, found },
    });
  }
}
