import { createHash, randomUUID } from 'node:crypto';
import { S3Error } from './s3-error.ts';

export interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string;
  /** The request's headers that begin with `x-amz-`. */
  readonly amz: Readonly<Record<string, string>>;
}

export interface S3Upload {
  readonly id: string;
  readonly key: string;
  /** In milliseconds since 1970. */
  startedAt: number;
  readonly parts: Map<number, S3Object>;
  readonly amz: Readonly<Record<string, string>>;
}

const MIN_PART = 5 * 1024 * 1024;

/** What is in a bucket. */
export class S3Store {
  readonly objects: Map<string, S3Object> = new Map<string, S3Object>();
  readonly uploads: Map<string, S3Upload> = new Map<string, S3Upload>();

  put(key: string, bytes: Buffer, amz: Readonly<Record<string, string>> = {}): S3Object {
    const object = { bytes, etag: etagOf(bytes), amz };
    this.objects.set(key, object);
    return object;
  }

  get(key: string): S3Object {
    const object = this.objects.get(key);
    if (object === undefined) throw new S3Error(404, 'NoSuchKey');
    return object;
  }

  startUpload(key: string, now: number, amz: Readonly<Record<string, string>>): S3Upload {
    const upload = { id: randomUUID(), key, startedAt: now, parts: new Map(), amz };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  upload(key: string, id: string): S3Upload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Error(404, 'NoSuchUpload');
    return upload;
  }

  putPart(key: string, id: string, number: number, bytes: Buffer): S3Object {
    const part = { bytes, etag: etagOf(bytes), amz: {} };
    this.upload(key, id).parts.set(number, part);
    return part;
  }

  complete(key: string, id: string, numbers: readonly number[], etags: readonly string[]): void {
    const upload = this.upload(key, id);
    const parts = numbers.map((number, at) => {
      const part = upload.parts.get(number);
      if (part === undefined || part.etag !== etags[at]) throw new S3Error(400, 'InvalidPart');
      return part.bytes;
    });
    if (parts.slice(0, -1).some((part) => part.length < MIN_PART)) {
      throw new S3Error(400, 'EntityTooSmall');
    }
    this.put(key, Buffer.concat(parts), upload.amz);
    this.uploads.delete(id);
  }
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
