/** What keeps the benchmark from going on, in words for the person who started it. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure';
}
