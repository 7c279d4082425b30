import { CredentialsRejected } from '../../../domain/errors.ts';
import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';

export interface Credentials {
  readonly username: string;
  /** A function, so that no log shows it by accident. */
  readonly password: () => string;
}

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * A user name and a password, shown seldom until they are known to be right: Docker Hub locks an
 * account after some failed logins. While they are unproven one request tries them and the others
 * wait for it; once they were rejected, nobody tries them for a while.
 */
export class Login {
  readonly #clock: Clock;
  readonly #events: Events;
  readonly #credentials: Credentials;
  #trial: Promise<unknown> | undefined;
  #proven = false;
  #pauseMs = FIRST_PAUSE_MS;
  #rejection: { readonly error: CredentialsRejected; readonly until: number } | undefined;

  constructor(credentials: Credentials, { clock, events }: { clock: Clock; events: Events }) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#events = events;
  }

  get username(): string {
    return this.#credentials.username;
  }

  /** RFC 7617. */
  get header(): string {
    const { username, password } = this.#credentials;
    return `Basic ${Buffer.from(`${username}:${password()}`).toString('base64')}`;
  }

  /** @throws CredentialsRejected while they are not to be tried */
  check(): void {
    const error = this.#current();
    if (error !== undefined) throw error;
  }

  /** Runs a request that shows the credentials. */
  async attempt<T>(request: () => Promise<T>): Promise<T> {
    if (!this.#proven && this.#trial) await this.#trial.catch(() => {});
    this.check();
    const running = request();
    if (!this.#proven) this.#trial = running;
    try {
      const result = await running;
      this.#accepted();
      return result;
    } finally {
      if (this.#trial === running) this.#trial = undefined;
    }
  }

  /**
   * Notes that `host` rejected them, for longer each time. Of requests that ran at the same time the
   * first alone counts.
   */
  rejectedBy(host: string): CredentialsRejected {
    return this.#current() ?? this.#rejectedAnew(host);
  }

  /** The rejection because of which they are not to be tried. */
  #current(): CredentialsRejected | undefined {
    const { error, until = 0 } = this.#rejection ?? {};
    return this.#clock.now() < until ? error : undefined;
  }

  #rejectedAnew(host: string): CredentialsRejected {
    const message = `${host} rejects the user name or the password that is configured for it`;
    const error = new CredentialsRejected(message, { detail: { host } });
    this.#proven = false;
    this.#rejection = { error, until: this.#clock.now() + this.#pauseMs };
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    this.#events.emit({ type: 'credentials-rejected', host, account: this.username });
    return error;
  }

  #accepted(): void {
    this.#proven = true;
    this.#rejection = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
  }
}
