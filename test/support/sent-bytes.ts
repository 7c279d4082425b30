/** Which bytes of a blob were sent, and how often. */
export class SentBytes {
  readonly #parts: [start: number, end: number][] = [];

  add(start: number, length: number): void {
    this.#parts.push([start, start + length]);
  }

  get total(): number {
    return this.#parts.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** How often the byte that was sent most often was sent. */
  get most(): number {
    const changes = this.#parts.flatMap(([start, end]) => [
      { at: start, by: 1 },
      { at: end, by: -1 },
    ]);
    changes.sort((left, right) => left.at - right.at || left.by - right.by);
    let now = 0;
    let most = 0;
    for (const { by } of changes) {
      now += by;
      most = Math.max(most, now);
    }
    return most;
  }
}
