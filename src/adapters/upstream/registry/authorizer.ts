import { CredentialsRejected } from '../../../domain/errors.ts';
import type { RepositoryName } from '../../../domain/repository-name.ts';
import { type AuthScheme, NO_AUTH } from './auth-scheme.ts';
import type { HttpAnswer } from './http-answer.ts';
import type { LearnedScheme } from './learned-scheme.ts';
import type { Login } from './login.ts';
import type { TokenSource } from './token-source.ts';

/** What a request shows to the registry. */
export interface Authorization {
  /** The value of its `Authorization` header. */
  readonly header: string | undefined;
  /**
   * The registry refused it (401), for want of rights if `insufficient`; whether another
   * authorization may do better.
   *
   * @throws CredentialsRejected
   */
  refused(insufficient: boolean): boolean;
}

/** Obtains what requests show to the registry, in whichever way it wants to be convinced. */
export class Authorizer {
  readonly #scheme: LearnedScheme;
  readonly #tokens: TokenSource;
  readonly #login: Login | undefined;
  readonly #host: string;

  constructor(options: {
    scheme: LearnedScheme;
    tokens: TokenSource;
    login: Login | undefined;
    host: string;
  }) {
    this.#scheme = options.scheme;
    this.#tokens = options.tokens;
    this.#login = options.login;
    this.#host = options.host;
  }

  async authorize(repository: RepositoryName, signal: AbortSignal): Promise<Authorization> {
    const scheme = await this.#scheme.get(signal);
    if (scheme.kind === 'bearer') return this.#withToken(scheme, repository, signal);
    return scheme.kind === 'basic' ? this.#withPassword() : this.#withNothing();
  }

  /** Finds out which way that is; only once, if it is found out. */
  async learn(signal: AbortSignal): Promise<void> {
    await this.#scheme.get(signal);
  }

  /** Takes up what a refusal asks for, in case the registry changed its mind. */
  learnFrom(answer: HttpAnswer): void {
    this.#scheme.learnFrom(answer);
  }

  async #withToken(
    { realm, service }: Extract<AuthScheme, { kind: 'bearer' }>,
    repository: RepositoryName,
    signal: AbortSignal,
  ): Promise<Authorization> {
    const purpose = { realm, service, scope: `repository:${repository}:pull` };
    const { value, fresh } = await this.#tokens.get(purpose, signal);
    return {
      header: `Bearer ${value}`,
      refused: (insufficient) => {
        this.#tokens.forget(purpose, value);
        // Another one would be as insufficient as this one, which is new.
        return !(fresh && insufficient);
      },
    };
  }

  #withPassword(): Authorization {
    const login = this.#login;
    if (login === undefined) {
      const message = `${this.#host} asks for a user name and a password, and none is configured`;
      throw new CredentialsRejected(message, { detail: { host: this.#host } });
    }
    login.check();
    return {
      header: login.header,
      refused: () => {
        throw login.rejectedBy(this.#host);
      },
    };
  }

  #withNothing(): Authorization {
    return { header: undefined, refused: () => this.#scheme.known !== NO_AUTH };
  }
}
