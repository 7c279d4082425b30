/** Something to wait for that happens again and again. */
export class Signal {
  #waiting: (() => void)[] = [];

  /** Resolves when {@link fire} is called next. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  fire(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
