import * as assert from 'uvu/assert';
import { type CreateStorage, engineSuite } from './engine-suite.ts';

export function capacityContract(name: string, create: CreateStorage): void {
  engineSuite(`${name}: capacity`, create, (it, storage) => {
    it('is a number of bytes in all and of free ones, or is not known', async () => {
      const capacity = await storage().capacity?.();
      if (capacity === undefined) return;
      const { totalBytes, freeBytes } = capacity;
      for (const bytes of [totalBytes, freeBytes]) assert.ok(Number.isInteger(bytes));
      assert.ok(totalBytes > 0);
      assert.ok(freeBytes >= 0 && freeBytes <= totalBytes);
    });
  });
}
