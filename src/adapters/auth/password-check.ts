import { compare } from 'bcrypt';

/** bcrypt takes a thread of libuv's for long, and the storage needs those too. */
const AT_A_TIME = 2;

/** Compares passwords with their hashes, a few at a time. */
export class PasswordCheck {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async matches(password: string, hash: string): Promise<boolean> {
    if (this.#running >= AT_A_TIME) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#running++;
    try {
      return await compare(password, known(hash));
    } finally {
      // The turn is handed on; only when nobody waits is there one more to have.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** `$2y$` is what PHP and Apache call `$2b$`: https://www.openwall.com/lists/announce/2011/07/17/1 */
function known(hash: string): string {
  return hash.replace(/^\$2y\$/, '$2b$');
}
