/**
 * What defines a test: `test` of node:test, `it` of Vitest, Jest or Mocha, a suite of uvu. The body
 * throws if the test fails.
 */
export type DefineTest = (name: string, body: () => Promise<void>) => unknown;
