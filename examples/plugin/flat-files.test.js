/** The contract that every storage of Kagami keeps, run by node:test. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { storageEngineContract } from 'kagami-registry/testing';
import { storage } from './flat-files.js';

const CONTEXT = { version: 'test', warn: () => {} };

storageEngineContract(test, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flat-files-'));
  const engine = await storage.create({ directory }, CONTEXT);
  await engine.start();
  return {
    engine,
    close: async () => {
      await engine.close();
      await rm(directory, { recursive: true });
    },
  };
});

test('what was stored is there after a restart', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'flat-files-'));
  for (const expected of [undefined, 'value']) {
    const engine = await storage.create({ directory }, CONTEXT);
    await engine.start();
    const value = await engine.records.get('kagami/key');
    assert.equal(value && Buffer.from(value).toString(), expected);
    await engine.records.put('kagami/key', Buffer.from('value'));
    await engine.close();
  }
  await rm(directory, { recursive: true });
});
