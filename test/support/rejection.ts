/** A promise that is rejected from outside or never; that nobody waits for it is no mistake. */
export class Rejection {
  readonly promise: Promise<never>;
  #reject: ((cause: Error) => void) | undefined;

  constructor() {
    this.promise = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.promise.catch(() => {});
  }

  reject(cause: Error): void {
    this.#reject?.(cause);
  }
}
