import type { StorageEngine } from '../../../src/domain/ports/storage-engine.ts';
import { type DefineTest, testSuite } from '../../support/suite.ts';

export interface StorageUnderTest {
  readonly engine: StorageEngine;
  /** Closes the engine, and removes what it stored. */
  close(): Promise<void>;
}

export type CreateStorage = () => Promise<StorageUnderTest>;

/** A suite with a storage of its own for each test, which `storage` gives during the test. */
export function engineSuite(
  name: string,
  create: CreateStorage,
  define: (it: DefineTest, storage: () => StorageEngine) => void,
): void {
  testSuite(name, (it) => {
    let current: StorageUnderTest | undefined;
    it.beforeEach(async () => {
      current = await create();
    });
    it.afterEach(async () => {
      await current?.close();
      current = undefined;
    });
    define(it, () => {
      if (current === undefined) throw new Error('there is a storage only during a test');
      return current.engine;
    });
  });
}

/** Acts again and again while `work` is going on, and then waits for it. */
export async function repeatUntil(work: Promise<unknown>, act: () => Promise<void>): Promise<void> {
  const state = { over: false };
  const finished = work.finally(() => {
    state.over = true;
  });
  while (!state.over) {
    await act();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finished;
}
