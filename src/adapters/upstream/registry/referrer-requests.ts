import type { Digest } from '../../../domain/digest.ts';
import { NameUnknown } from '../../../domain/errors.ts';
import { OCI_INDEX } from '../../../domain/media-type.ts';
import type { Referrer } from '../../../domain/referrers.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { badAnswer } from './answer-failure.ts';
import { type HttpAnswer, headerValues } from './http-answer.ts';
import { nextLink } from './link-header.ts';
import { readManifest, understood } from './manifest-body.ts';
import type { RegistryClient } from './registry-client.ts';

const HEADERS = { accept: OCI_INDEX };
const MOST_PAGES = 20;

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
export class ReferrerRequests {
  readonly #client: RegistryClient;

  constructor(client: RegistryClient) {
    this.#client = client;
  }

  list(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[] | undefined> {
    return this.#client.within(async (signal) => {
      const found: Referrer[] = [];
      let url: URL | undefined = this.#client.url(repository, `referrers/${subject}`);
      for (let pages = 0; url !== undefined && pages < MOST_PAGES; pages++) {
        const request = { method: 'GET', repository, url, headers: HEADERS, signal } as const;
        const answer: HttpAnswer = await this.#client.send(request);
        if (answer.status !== 200) return this.#without(answer);
        url = nextPage(answer);
        const bytes = await readManifest(answer);
        const index = understood(answer, { digest: subject, bytes, mediaType: OCI_INDEX });
        found.push(...index.children);
      }
      return found;
    });
  }

  /** An unknown subject is answered with an empty list, so a 404 means that the API is unknown. */
  async #without(answer: HttpAnswer): Promise<undefined> {
    const failure = await this.#client.failureOf(answer);
    if (answer.status !== 404 || failure instanceof NameUnknown) throw failure;
  }
}

function nextPage(answer: HttpAnswer): URL | undefined {
  const link = nextLink(headerValues(answer, 'link'));
  if (link === undefined) return undefined;
  const { href, origin } = answer.url;
  const url = URL.canParse(link, href) ? new URL(link, href) : undefined;
  // The token goes with it, so it must stay where it is.
  if (url?.origin === origin) return url;
  throw badAnswer(answer, 'sends us elsewhere for the next page of a list');
}
