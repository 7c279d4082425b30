import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A password, key or the like that cannot be printed by accident: string conversion, JSON and
 * `util.inspect` give `[redacted]`. Only {@link Secret.reveal} gives the value.
 */
export class Secret<T = string> {
  static {
    // A computed method name would need an inferred declaration, which isolated declarations forbid.
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => REDACTED });
  }

  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself, for the one place that sends it. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }
}
