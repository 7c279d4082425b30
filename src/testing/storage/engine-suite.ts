import type { StorageEngine } from '../../domain/ports/storage-engine.ts';
import type { DefineTest } from '../define-test.ts';

export interface StorageUnderTest {
  readonly engine: StorageEngine;
  /** Closes the engine, and removes what it stored. */
  close(): Promise<void>;
}

/** Gives an empty storage that is started. */
export type CreateStorage = () => Promise<StorageUnderTest>;

/** Defines a test that has a storage of its own. */
export type DefineStorageTest = (
  name: string,
  body: (engine: StorageEngine) => Promise<void>,
) => void;

/** A part of the contract, whose name its tests bear. */
export function engineSuite(
  { part, test, create }: { part: string; test: DefineTest; create: CreateStorage },
  define: (it: DefineStorageTest) => void,
): void {
  define((name, body) => {
    test(`${part}: ${name}`, async () => {
      const under = await create();
      try {
        await body(under.engine);
      } finally {
        await under.close();
      }
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
