import { randomBytes } from 'node:crypto';

/** What a bearer token stands for: who asked, and which repositories may be pulled with it. */
export interface Grant {
  account: string | undefined;
  repositories: Set<string>;
  expires: number;
}

/** Opaque tokens by value. Real ones are JWTs, but no client may look inside. */
export class Tokens {
  readonly #grants = new Map<string, Grant>();
  readonly #refresh = new Map<string, string>();

  issue(account: string | undefined, repositories: string[], seconds: number): string {
    const token = randomBytes(48).toString('base64url');
    const expires = Date.now() + seconds * 1000;
    this.#grants.set(token, { account, repositories: new Set(repositories), expires });
    return token;
  }

  /** The grant of a token that is known and not expired. */
  grant(token: string): Grant | undefined {
    const grant = this.#grants.get(token);
    return grant && grant.expires > Date.now() ? grant : undefined;
  }

  issueRefresh(account: string): string {
    const token = randomBytes(24).toString('base64url');
    this.#refresh.set(token, account);
    return token;
  }

  refreshAccount(token: string): string | undefined {
    return this.#refresh.get(token);
  }

  /** Makes every access token issued so far invalid, as if its time were over. */
  expireAll(): void {
    this.#grants.clear();
  }
}
