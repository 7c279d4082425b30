import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { TooManyAttempts } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports/clock.ts';

/** Logins that may fail in a row. */
const BURST = 10;
/** How long until one more may. */
const REFILL_MS = 6_000;
/** More addresses than this are not remembered. */
const ADDRESSES = 10_000;

interface Account {
  left: number;
  at: number;
}

/**
 * How often each address may still try. An attempt is counted when it begins, so that many at once
 * are no way around; the one that succeeds is given back.
 */
export class Attempts {
  readonly #clock: Clock;
  readonly #accounts = new LRUCache<string, Account>({ max: ADDRESSES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws TooManyAttempts */
  take(address: string | undefined): void {
    const account = this.#account(address);
    if (account.left < 1) throw new TooManyAttempts(((1 - account.left) * REFILL_MS) / 1000);
    account.left--;
  }

  giveBack(address: string | undefined): void {
    const account = this.#account(address);
    account.left = Math.min(BURST, account.left + 1);
  }

  #account(address: string | undefined): Account {
    const key = networkOf(address);
    const now = this.#clock.now();
    const { left, at } = this.#accounts.get(key) ?? { left: BURST, at: now };
    // A clock that was set back gives nothing, and takes nothing.
    const account = { left: Math.min(BURST, left + Math.max(0, now - at) / REFILL_MS), at: now };
    this.#accounts.set(key, account);
    return account;
  }
}

/** Who has an IPv6 address has the whole /64 around it. */
function networkOf(address: string | undefined): string {
  if (address === undefined) return 'local';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(plain) ? groupsOf(plain).slice(0, 4).join(':') : plain;
}

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter((group) => group !== '');
  if (tail === undefined) return before;
  const after = tail.split(':').filter((group) => group !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after];
}
