import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { StorageFailed } from '../../../domain/errors.ts';
import { KAGAMI_ROOT } from '../../../domain/registry-layout.ts';
import { createClient } from './clients.ts';
import { throughConflicts } from './conflicts.ts';
import { Guard } from './guard.ts';
import { isAbsence } from './s3-errors.ts';
import type { S3ObjectOptions, S3Options } from './s3-options.ts';

/** An object, or a part of it, whose bytes are on their way. */
export interface OpenObject {
  /** The size of the whole object in bytes. */
  readonly size: number;
  /** The `Content-Range` of the answer; undefined for the whole. */
  readonly contentRange: string | undefined;
  /** Whoever gets it reads it to its end or destroys it: it holds a connection. */
  readonly body: Readable;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** What goes on after the delimiter, each with it at its end. */
  readonly prefixes: readonly string[];
}

/** A multipart upload that was neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
}

/** Reads: one for each client, who must not wait for one of the others to go. */
const READS = { answerMs: 4_000, attempts: 3, connections: Number.POSITIVE_INFINITY };

/** All the rest. */
const REST = { answerMs: 60_000, attempts: 4, connections: 64 };

/**
 * How long a small request may take with all its repetitions, in milliseconds: a client is waiting
 * for it, who can be given its bytes without the bucket.
 */
const SMALL_MS = 8_000;

/** Up to how many bytes a request is a small one. */
const SMALL_BYTES = 64 * 1024;

/** The same for those that carry many bytes, or for which the service has to copy many. */
const LARGE_MS = 10 * 60_000;

/** What the service takes in one DeleteObjects. */
const MOST_DELETED = 1000;

/** The registry's own, in seconds: long enough for a client that goes on with a broken download. */
const URL_EXPIRES_S = 20 * 60;

/**
 * The requests that are made of a bucket. An object that is not there is `undefined` or `false`; all
 * else rejects with what the SDK throws.
 */
export class S3Bucket {
  readonly #name: string;
  readonly #prefix: string;
  readonly #written: Partial<PutObjectCommandInput>;
  readonly #reads: S3Client;
  readonly #rest: S3Client;
  readonly #public: S3Client | undefined;
  readonly #guard: Guard;
  readonly #random: () => number;

  constructor(options: S3Options) {
    const { connection, redirects } = options;
    this.#name = options.bucket;
    this.#prefix = options.prefix === '' ? '' : `${options.prefix}/`;
    this.#written = writtenWith(options.objects);
    this.#reads = createClient(connection, READS);
    this.#rest = createClient(connection, REST);
    const endpoint = redirects?.endpoint ?? connection.endpoint;
    this.#public = redirects && createClient({ ...connection, endpoint }, REST);
    this.#random = options.random;
    this.#guard = new Guard(options, () => {
      const request = new HeadObjectCommand(this.#at(`${KAGAMI_ROOT}/probe`));
      return this.#rest.send(request, { abortSignal: AbortSignal.timeout(SMALL_MS) });
    });
  }

  /** @param range the header's value */
  async get(key: string, range?: string): Promise<OpenObject | undefined> {
    const request = new GetObjectCommand({
      ...this.#at(key),
      ...(range !== undefined && { Range: range }),
    });
    const answer = await unlessAbsent(
      this.#guard.run(() => begun((options) => this.#reads.send(request, options))),
    );
    if (answer === undefined) return undefined;
    const body = answer.Body as Readable;
    const contentRange = answer.ContentRange;
    const size = contentRange === undefined ? answer.ContentLength : sizeIn(contentRange);
    if (size !== undefined && Number.isSafeInteger(size)) return { size, contentRange, body };
    body.destroy();
    throw new StorageFailed('the S3 service does not say how long an object is');
  }

  /** The object's size in bytes. */
  async head(key: string): Promise<number | undefined> {
    const request = new HeadObjectCommand(this.#at(key));
    const answer = await unlessAbsent(
      this.#send(SMALL_MS, (options) => this.#rest.send(request, options)),
    );
    return answer && (answer.ContentLength ?? 0);
  }

  /** @param ifAbsent writes nothing if there is an object already; then it rejects */
  async put(key: string, bytes: Uint8Array, ifAbsent = false): Promise<void> {
    const request = new PutObjectCommand({
      ...this.#written,
      ...this.#at(key),
      ...(ifAbsent && { IfNoneMatch: '*' }),
      Body: bytes,
      ContentLength: bytes.byteLength,
      ContentType: 'application/octet-stream',
    });
    const withinMs = bytes.byteLength > SMALL_BYTES ? LARGE_MS : SMALL_MS;
    await throughConflicts(this.#random, () =>
      this.#send(withinMs, (options) => this.#rest.send(request, options)),
    );
  }

  /** Succeeds, too, if there is no such object. */
  async delete(key: string): Promise<void> {
    const request = new DeleteObjectCommand(this.#at(key));
    await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
  }

  /** The same for many at once. */
  async deleteMany(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += MOST_DELETED) {
      const objects = keys.slice(at, at + MOST_DELETED).map((key) => ({ Key: this.#keyOf(key) }));
      await this.#deleteTogether(objects);
    }
  }

  /** What is below a prefix that ends with a slash, page by page; only one level deep if told so. */
  async *list(prefix: string, isFlat = false): AsyncGenerator<ListedPage> {
    let token: string | undefined;
    do {
      const request = new ListObjectsV2Command({
        Bucket: this.#name,
        Prefix: this.#keyOf(prefix),
        ...(isFlat && { Delimiter: '/' }),
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const answer = await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
      yield {
        objects: (answer.Contents ?? []).map(({ Key = '', Size = 0 }) => {
          return { key: this.#below(Key), size: Size };
        }),
        prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => this.#below(Prefix)),
      };
      token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async startUpload(key: string): Promise<string> {
    const request = new CreateMultipartUploadCommand({
      ...this.#written,
      ...this.#at(key),
      ContentType: 'application/octet-stream',
    });
    const answer = await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
    if (answer.UploadId === undefined) throw new StorageFailed('the upload was given no name');
    return answer.UploadId;
  }

  /** What completing the upload has to name the part by. */
  async uploadPart(key: string, id: string, number: number, bytes: Uint8Array): Promise<string> {
    const request = new UploadPartCommand({
      ...this.#at(key),
      UploadId: id,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.byteLength,
    });
    const answer = await this.#send(LARGE_MS, (options) => this.#rest.send(request, options));
    if (answer.ETag === undefined) throw new StorageFailed('an uploaded part was given no name');
    return answer.ETag;
  }

  async completeUpload(key: string, id: string, etags: readonly string[]): Promise<void> {
    const request = new CompleteMultipartUploadCommand({
      ...this.#at(key),
      UploadId: id,
      MultipartUpload: {
        Parts: etags.map((etag, index) => ({ ETag: etag, PartNumber: index + 1 })),
      },
    });
    await throughConflicts(this.#random, () =>
      this.#send(LARGE_MS, (options) => this.#rest.send(request, options)),
    );
  }

  async abortUpload(key: string, id: string): Promise<void> {
    const request = new AbortMultipartUploadCommand({ ...this.#at(key), UploadId: id });
    await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
  }

  async *uploads(prefix: string): AsyncGenerator<UnfinishedUpload> {
    let next: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (next !== undefined) {
      const request: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.#name,
        Prefix: this.#keyOf(prefix),
        ...next,
      });
      const answer = await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
      for (const { Key = '', UploadId = '', Initiated } of answer.Uploads ?? []) {
        const startedAt = Initiated?.getTime() ?? Number.NaN;
        yield { key: this.#below(Key), id: UploadId, startedAt };
      }
      const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = answer;
      const isMore = IsTruncated === true && KeyMarker !== undefined;
      next = isMore
        ? { KeyMarker, ...(UploadIdMarker !== undefined && { UploadIdMarker }) }
        : undefined;
    }
  }

  /** An address at which anybody can get the object for some minutes. */
  async presign(key: string): Promise<string> {
    if (this.#public === undefined) throw new StorageFailed('clients are not sent to the bucket');
    const request = new GetObjectCommand(this.#at(key));
    return getSignedUrl(this.#public, request, { expiresIn: URL_EXPIRES_S });
  }

  close(): void {
    this.#guard.stop();
    for (const client of [this.#reads, this.#rest, this.#public]) client?.destroy();
  }

  async #deleteTogether(objects: { Key: string }[]): Promise<void> {
    const request = new DeleteObjectsCommand({
      Bucket: this.#name,
      Delete: { Objects: objects, Quiet: true },
    });
    request.middlewareStack.add(
      (next) => (args) => {
        withContentMd5(args.request as HttpMessage);
        return next(args);
      },
      { step: 'build', name: 'contentMd5', priority: 'low' },
    );
    const answer = await this.#send(SMALL_MS, (options) => this.#rest.send(request, options));
    const [failed] = answer.Errors ?? [];
    if (failed === undefined) return;
    const { Key: key, Code: code } = failed;
    throw new StorageFailed('an object could not be removed', { detail: { key, code } });
  }

  #send<T>(withinMs: number, send: Send<T>): Promise<T> {
    return this.#guard.run(() => send({ abortSignal: AbortSignal.timeout(withinMs) }));
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#name, Key: this.#keyOf(key) };
  }

  #keyOf(key: string): string {
    return `${this.#prefix}${key}`;
  }

  #below(key: string): string {
    return key.slice(this.#prefix.length);
  }
}

type Send<T> = (options: { abortSignal: AbortSignal }) => Promise<T>;

/** The answer to a request that begins in time; its body may take longer. */
async function begun<T>(send: Send<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), SMALL_MS);
  try {
    return await send({ abortSignal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}

interface HttpMessage {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Older services ask for it in a DeleteObjects (https://github.com/aws/aws-sdk-js-v3/issues/6819). */
function withContentMd5({ headers, body }: HttpMessage): void {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return;
  headers['content-md5'] = createHash('md5').update(body).digest('base64');
}

/** What the service would do anyway is not asked for: some refuse to hear it. */
function writtenWith(options: S3ObjectOptions): Partial<PutObjectCommandInput> {
  const { encrypt, kmsKeyId, storageClass, acl } = options;
  const encryption = kmsKeyId === undefined ? 'AES256' : 'aws:kms';
  return {
    ...(encrypt && { ServerSideEncryption: encryption }),
    ...(encrypt && kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(storageClass !== undefined && {
      StorageClass: storageClass as NonNullable<PutObjectCommandInput['StorageClass']>,
    }),
    ...(acl !== undefined && { ACL: acl as NonNullable<PutObjectCommandInput['ACL']> }),
  };
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function sizeIn(contentRange: string): number | undefined {
  const [, size] = /\/(\d+)$/.exec(contentRange) ?? [];
  return size === undefined ? undefined : Number(size);
}
