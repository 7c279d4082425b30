import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const MOST = 1_000;

/**
 * Logins that bcrypt has found right. They are known by a hash whose key is this process's alone, so
 * that nobody who sees the memory learns a password from it that is used elsewhere.
 */
export class VerifiedLogins {
  readonly #key = randomBytes(32);
  readonly #hashes = new LRUCache<string, string>({ max: MOST });

  /** What a login is known by. */
  idOf(username: string, password: string): string {
    // A user name has no colon.
    return createHmac('sha256', this.#key).update(`${username}:${password}`).digest('base64');
  }

  /** Whether it was found right with this very hash of the password file. */
  has(id: string, hash: string): boolean {
    return this.#hashes.get(id) === hash;
  }

  add(id: string, hash: string): void {
    this.#hashes.set(id, hash);
  }
}
