/** Waits for `promise` to reject with an instance of `Type`, and returns the error. */
export async function rejects<E extends Error>(
  promise: Promise<unknown>,
  Type: abstract new (...args: never[]) => E,
): Promise<E> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Type) return error;
    throw new Error(`expected ${Type.name}, but it failed with ${String(error)}`, { cause: error });
  }
  throw new Error(`expected ${Type.name}, but it gave ${String(value)}`);
}
