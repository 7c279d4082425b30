type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array;

/**
 * The array itself if it has `length` places, else a longer copy with room for more. By a half, not
 * by double: what is copied is in memory twice for a moment.
 */
export function withRoom<T extends Numbers>(array: T, length: number): T {
  if (length <= array.length) return array;
  const Type = array.constructor as new (length: number) => T;
  const longer = new Type(Math.max(16, length, Math.ceil(array.length * 1.5)));
  longer.set(array);
  return longer;
}
