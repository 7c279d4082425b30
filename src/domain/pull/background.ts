/** Work that no client waits for, but that a shutdown does. */
export class Background {
  readonly #running = new Set<Promise<void>>();

  /** Runs `work`; a failure goes to `failed`, which must not throw. */
  run(work: () => Promise<void>, failed: (cause: unknown) => void): void {
    const running = work()
      .catch(failed)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
