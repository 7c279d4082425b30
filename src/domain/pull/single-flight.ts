/** What a caller of {@link SingleFlight} gets: the result, and whether somebody else had asked. */
export interface Flight<T> {
  readonly joined: boolean;
  readonly result: Promise<T>;
}

/** At most one running task for each key; whoever comes while it runs gets its result too. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, task: () => Promise<T>): Flight<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return { joined: true, result: running };
    const result = task().finally(() => this.#running.delete(key));
    this.#running.set(key, result);
    return { joined: false, result };
  }
}
