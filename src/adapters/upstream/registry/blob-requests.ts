import type { Digest } from '../../../domain/digest.ts';
import { BlobUnknown } from '../../../domain/errors.ts';
import type { FetchedBlob } from '../../../domain/ports/upstream.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { badAnswer, requireContent } from './answer-failure.ts';
import { blobBody } from './blob-body.ts';
import { parseContentRange } from './content-range.ts';
import { breakOff, discard, type HttpAnswer, header, lengthOf } from './http-answer.ts';
import type { RegistryClient } from './registry-client.ts';

interface Question {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly signal: AbortSignal;
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs */
export class BlobRequests {
  readonly #client: RegistryClient;
  readonly #beginMs: number | undefined;

  /** @param beginMs how long a download may take to begin, if not as long as any answer */
  constructor(client: RegistryClient, beginMs?: number) {
    this.#client = client;
    this.#beginMs = beginMs;
  }

  async fetch(
    repository: RepositoryName,
    digest: Digest,
    offset: number,
    end?: number,
  ): Promise<FetchedBlob> {
    const headers = rangeHeaders(offset, end);
    const answer = await this.#client.within(
      (signal) => this.#send('GET', { repository, digest, signal }, headers),
      this.#beginMs,
    );
    const place = placed(answer, offset);
    answer.settle();
    return { ...place, body: blobBody(answer), cancel: () => breakOff(answer) };
  }

  async stat(repository: RepositoryName, digest: Digest): Promise<number> {
    return this.#client.within(async (signal) => {
      const answer = await this.#send('HEAD', { repository, digest, signal }, {});
      const size = lengthOf(answer);
      if (size === undefined) throw badAnswer(answer, 'does not tell the size of the blob');
      await discard(answer);
      return size;
    });
  }

  async #send(
    method: 'GET' | 'HEAD',
    { repository, digest, signal }: Question,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer> {
    const url = this.#client.url(repository, `blobs/${digest}`);
    const answer = await this.#client.send({ method, repository, url, headers, signal });
    if (answer.status !== 200 && !(answer.status === 206 && 'range' in headers)) {
      throw await this.#client.failureOf(answer, (detail) => unknownBlob(digest, detail));
    }
    requireContent(answer);
    return answer;
  }
}

/** Where the answer's bytes begin and end, and how many the blob has. A 200 is the whole, asked for or not. */
function placed(answer: HttpAnswer, offset: number): Pick<FetchedBlob, 'offset' | 'size' | 'end'> {
  if (answer.status === 200) return { offset: 0, size: lengthOf(answer) };
  const range = parseContentRange(header(answer, 'content-range'));
  if (range?.first === offset) return { offset, size: range.size, end: range.last + 1 };
  throw badAnswer(answer, `sent another part of the blob than that from byte ${offset} on`);
}

function rangeHeaders(offset: number, end: number | undefined): Readonly<Record<string, string>> {
  if (offset === 0 && end === undefined) return {};
  return { range: `bytes=${offset}-${end === undefined ? '' : end - 1}` };
}

function unknownBlob(digest: Digest, detail: object): BlobUnknown {
  return new BlobUnknown(`the upstream does not know the blob ${digest}`, {
    detail: { digest, ...detail },
  });
}
