import { NameUnknown } from '../../domain/errors.ts';
import {
  inLibrary,
  parseRepositoryName,
  type RepositoryName,
} from '../../domain/repository-name.ts';

/** Names of Docker Hub that clients send. */
const DOCKER_HUB: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

const HOST = /^[a-zA-Z0-9.:[\]_-]{1,255}$/;

/**
 * Which registry a client means, and what a name means there. Clients name it with `ns`
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#registry-proxying).
 */
export class Namespaces {
  readonly #accepted: ReadonlySet<string> | undefined;
  readonly #libraryByDefault: boolean;

  constructor(accepted: readonly string[] | undefined, libraryByDefault: boolean) {
    this.#accepted = accepted === undefined ? undefined : new Set(accepted);
    this.#libraryByDefault = libraryByDefault;
  }

  /** @throws NameUnknown if this mirror does not serve that registry */
  check(namespace: string | undefined): string | undefined {
    if (namespace === undefined || namespace === '') return undefined;
    // It is echoed in a header, so it must be harmless there even where any is accepted.
    const accepted = this.#accepted?.has(namespace) ?? HOST.test(namespace);
    if (accepted) return namespace;
    throw new NameUnknown('this mirror does not serve that registry', {
      detail: { ns: namespace.slice(0, 255) },
    });
  }

  /** @throws NameInvalid */
  repository(text: string, namespace: string | undefined): RepositoryName {
    const name = parseRepositoryName(text);
    const isHub = namespace === undefined ? this.#libraryByDefault : this.#isHub(namespace);
    return isHub ? inLibrary(name) : name;
  }

  #isHub(namespace: string): boolean {
    return this.#libraryByDefault || DOCKER_HUB.includes(namespace);
  }
}
