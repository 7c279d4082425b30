import { readFile } from 'node:fs/promises';
import * as assert from 'uvu/assert';
import { testSuite } from '../support/suite.ts';

const ROOT = new URL('../../', import.meta.url);

/** A file in backquotes, and behind it the sentence in it. */
const PROOF = /Proven by\s+`([^`]+)`: "([^"]+)"/g;

testSuite('docs/guarantees.md', (it) => {
  it('names tests that exist, by sentences that are in them', async () => {
    const page = await readFile(new URL('docs/guarantees.md', ROOT), 'utf8');
    const proofs = [...page.matchAll(PROOF)];
    assert.ok(proofs.length > 20, `${proofs.length} proofs`);
    assert.is(proofs.length, page.match(/Proven by/g)?.length);
    for (const [, file = '', sentence = ''] of proofs) {
      const test = await readFile(new URL(file, ROOT), 'utf8');
      assert.ok(test.includes(sentence), `${file} has no "${sentence}"`);
    }
  });

  it('has a test for every promise', async () => {
    const page = await readFile(new URL('docs/guarantees.md', ROOT), 'utf8');
    for (const promise of page.split('\n## ').slice(1)) {
      assert.match(promise, 'Proven by', promise.split('\n')[0]);
    }
  });
});
