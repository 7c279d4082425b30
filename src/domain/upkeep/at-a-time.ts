/**
 * Acts on every item, on at most `limit` of them at a time. After a failure it begins with no
 * further one, and rejects when those under way have ended.
 */
export async function atATime<T>(
  limit: number,
  items: Iterable<T> | AsyncIterable<T>,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const source = iterated(items);
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    try {
      while (failures.length === 0) {
        const next = await source.next();
        if (next.done === true) return;
        await act(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  if (failures.length === 0) return;
  await source.return(undefined);
  throw failures[0];
}

/** A generator lets one wait for the next item while another one does. */
async function* iterated<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* items;
}
