/**
 * Runs independent cases that mostly wait: while one is awaited, the next few are under way, so that
 * many of them take little time.
 */
export class Ahead {
  readonly #cases: readonly (() => Promise<void>)[];
  readonly #width: number;
  readonly #running: Promise<void>[] = [];

  /** @param width how many are under way at a time */
  constructor(cases: readonly (() => Promise<void>)[], width: number) {
    this.#cases = cases;
    this.#width = width;
  }

  /** The result of the case at this place; to be asked for in order. */
  async result(index: number): Promise<void> {
    for (const start of this.#cases.slice(this.#running.length, index + this.#width)) {
      const running = start();
      // Whoever asks for it learns of a failure, and not the process.
      running.catch(() => {});
      this.#running.push(running);
    }
    await this.#running[index];
  }
}
