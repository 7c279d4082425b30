import assert from 'node:assert/strict';
import type { DefineTest } from '../define-test.ts';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

export function capacityContract(test: DefineTest, create: CreateStorage): void {
  engineSuite({ part: 'capacity', test, create }, (it) => {
    it('is a number of bytes in all and of free ones, or is not known', async (engine) => {
      const capacity = await engine.capacity?.();
      if (capacity === undefined) return;
      const { totalBytes, freeBytes } = capacity;
      for (const bytes of [totalBytes, freeBytes]) assert.ok(Number.isInteger(bytes));
      assert.ok(totalBytes > 0);
      assert.ok(freeBytes >= 0 && freeBytes <= totalBytes);
    });
  });
}
