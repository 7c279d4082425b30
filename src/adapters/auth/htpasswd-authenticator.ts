import { Unauthorized } from '../../domain/errors.ts';
import type { Authenticator, Presented } from '../../domain/ports/authenticator.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import { Attempts } from './attempts.ts';
import { type BasicCredentials, basicChallenge, parseBasic } from './basic-credentials.ts';
import { PasswordCheck } from './password-check.ts';
import { VerifiedLogins } from './verified-logins.ts';

/** Of no password; compared with where no user is, so that the answer takes as long. */
const NOBODY = '$2b$10$abcdefghijklmnopqrstuuJmpyfhJZvBuHDN8Zn2gTBZ3z0qFh5Ey';

/** Lets in who knows a password of the file. */
export class HtpasswdAuthenticator implements Authenticator {
  readonly #challenge: string;
  readonly #attempts: Attempts;
  readonly #check = new PasswordCheck();
  readonly #verified = new VerifiedLogins();
  /** One check at a time for one login: a client's first requests come together. */
  readonly #checks = new Map<string, Promise<void>>();
  #users: ReadonlyMap<string, string>;

  /** @param users the bcrypt hash of each user's password */
  constructor(realm: string, users: ReadonlyMap<string, string>, clock: Clock) {
    this.#challenge = basicChallenge(realm);
    this.#users = users;
    this.#attempts = new Attempts(clock);
  }

  /** The file has changed. Who is not in it any more, or has another password, is not let in. */
  replace(users: ReadonlyMap<string, string>): void {
    this.#users = users;
  }

  authenticate({ authorization, address }: Presented): Promise<void> | undefined {
    const login = authorization === undefined ? undefined : parseBasic(authorization);
    if (login === undefined) throw this.#unauthorized('a user name and a password are needed');
    const hash = this.#users.get(login.username);
    const id = this.#verified.idOf(login.username, login.password);
    if (hash !== undefined && this.#verified.has(id, hash)) return undefined;
    return this.#joined(`${id} ${hash} ${address}`, () =>
      this.#verify(login, { id, hash, address }),
    );
  }

  #joined(key: string, verify: () => Promise<void>): Promise<void> {
    const running = this.#checks.get(key);
    if (running !== undefined) return running;
    const check = verify().finally(() => this.#checks.delete(key));
    this.#checks.set(key, check);
    return check;
  }

  async #verify(
    { password }: BasicCredentials,
    of: { id: string; hash: string | undefined; address: string | undefined },
  ): Promise<void> {
    this.#attempts.take(of.address);
    const isRight = await this.#check.matches(password, of.hash ?? this.#anyHash());
    if (of.hash === undefined || !isRight) throw this.#unauthorized('wrong user name or password');
    this.#attempts.giveBack(of.address);
    this.#verified.add(of.id, of.hash);
  }

  /** One of the file's own, whose cost is likely that of the rest. */
  #anyHash(): string {
    const [hash = NOBODY] = this.#users.values();
    return hash;
  }

  #unauthorized(message: string): Unauthorized {
    return new Unauthorized(message, this.#challenge);
  }
}
