import type { Descriptor } from '../../../domain/descriptor.ts';
import { algorithmOf, type Digest, isDigest } from '../../../domain/digest.ts';
import { DigestMismatch, ManifestUnknown } from '../../../domain/errors.ts';
import { MANIFEST_TYPES } from '../../../domain/media-type.ts';
import type { Hasher } from '../../../domain/ports/hasher.ts';
import type { FetchedManifest } from '../../../domain/ports/upstream.ts';
import { type Reference, referenceText } from '../../../domain/reference.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { requireContent } from './answer-failure.ts';
import { discard, type HttpAnswer, header, lengthOf, mediaTypeOf } from './http-answer.ts';
import { readManifest, understood } from './manifest-body.ts';
import type { RegistryClient } from './registry-client.ts';

/**
 * Always all of them, whatever the client accepts: without the index types an old registry answers
 * a tag with another document, and the tag would be bound to its digest.
 */
const HEADERS = { accept: MANIFEST_TYPES.join(', ') };

interface Question {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly signal: AbortSignal;
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests */
export class ManifestRequests {
  readonly #client: RegistryClient;
  readonly #hasher: Hasher;

  constructor(client: RegistryClient, hasher: Hasher) {
    this.#client = client;
    this.#hasher = hasher;
  }

  resolve(
    repository: RepositoryName,
    reference: Reference,
    timeoutMs?: number,
  ): Promise<Descriptor> {
    return this.#client.within(async (signal) => {
      const question = { repository, reference, signal };
      return (await this.#head(question)) ?? (await this.#resolveByGet(question));
    }, timeoutMs);
  }

  fetch(repository: RepositoryName, digest: Digest): Promise<FetchedManifest> {
    return this.#client.within(async (signal) => {
      const reference = { kind: 'digest', digest } as const;
      const answer = await this.#send('GET', { repository, reference, signal });
      return { bytes: await readManifest(answer), mediaType: mediaTypeOf(answer) };
    });
  }

  /** What HEAD tells, or undefined if that is not all there is to know. */
  async #head(question: Question): Promise<Descriptor | undefined> {
    const answer = await this.#send('HEAD', question);
    requireContent(answer);
    await discard(answer);
    const mediaType = mediaTypeOf(answer);
    const size = lengthOf(answer);
    const digest = digestFor(answer, question.reference);
    if (mediaType === undefined || size === undefined || digest === undefined) return undefined;
    return { mediaType, digest, size };
  }

  /** Registries other than the Hub may leave out headers; then the bytes tell. Counts as a pull. */
  async #resolveByGet(question: Question): Promise<Descriptor> {
    const answer = await this.#send('GET', question);
    const expected = digestFor(answer, question.reference);
    const bytes = await readManifest(answer);
    const algorithm = expected === undefined ? 'sha256' : algorithmOf(expected);
    const digest = this.#hasher.digest(algorithm, bytes);
    if (expected !== undefined && expected !== digest) {
      throw new DigestMismatch('the manifest', expected, digest);
    }
    return understood(answer, { digest, bytes, mediaType: mediaTypeOf(answer) }).descriptor;
  }

  async #send(method: 'GET' | 'HEAD', question: Question): Promise<HttpAnswer> {
    const { repository, reference, signal } = question;
    const url = this.#client.url(repository, `manifests/${referenceText(reference)}`);
    const request = { method, repository, url, headers: HEADERS, signal, isOfManifest: true };
    const answer = await this.#client.send(request);
    if (answer.status === 200) return answer;
    throw await this.#client.failureOf(answer, (detail) => unknownManifest(reference, detail));
  }
}

/** The digest that was asked for, or else the one that the registry names. */
function digestFor(answer: HttpAnswer, reference: Reference): Digest | undefined {
  const text = header(answer, 'docker-content-digest') ?? '';
  const named = isDigest(text) ? text : undefined;
  if (reference.kind === 'tag') return named;
  if (named === undefined) return reference.digest;
  // A registry may name content by another algorithm than it was asked for.
  const comparable = algorithmOf(named) === algorithmOf(reference.digest);
  if (!comparable || named === reference.digest) return reference.digest;
  throw new DigestMismatch('the manifest', reference.digest, named);
}

function unknownManifest(reference: Reference, detail: object): ManifestUnknown {
  const text = referenceText(reference);
  const message = `the upstream does not know the manifest ${text}`;
  return new ManifestUnknown(message, { detail: { reference: text, ...detail } });
}
