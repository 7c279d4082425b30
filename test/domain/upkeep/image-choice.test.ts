import * as assert from 'uvu/assert';
import { ImagePattern } from '../../../src/domain/image-pattern.ts';
import { parseTag } from '../../../src/domain/reference.ts';
import { parseRepositoryName } from '../../../src/domain/repository-name.ts';
import { isKeptBy, isNamedBy } from '../../../src/domain/upkeep/image-choice.ts';
import { type HeldImage, Inventory } from '../../../src/domain/upkeep/inventory.ts';
import { digestNamed } from '../../support/bytes.ts';
import { testSuite } from '../../support/suite.ts';

function image(repository: string, ...tags: string[]): HeldImage {
  const inventory = new Inventory();
  const name = parseRepositoryName(repository);
  const digest = digestNamed('a');
  const facts = { repository: name, digest, lastPullMs: 0, members: [] };
  inventory.addImage({ ...facts, tags: tags.map(parseTag) });
  return inventory.image(name, digest) as HeldImage;
}

type Case = [patterns: string[], image: string[], kept: boolean, named: boolean];

testSuite('an image', (it) => {
  const cases: Case[] = [
    [[], ['a', '1'], false, true],
    [[], ['a'], false, true],
    [['a'], ['a', '1'], true, true],
    [['a:*'], ['a', '1'], true, true],
    [['a:2'], ['a', '1', '2'], true, true],
    [['b', 'a'], ['a', '1'], true, true],
    [['a:3'], ['a', '1', '2'], false, false],
    [['b'], ['a', '1'], false, false],
    [['a'], ['a'], false, true],
    [['a:*'], ['a'], false, true],
    [['a:*-slim'], ['a'], false, false],
    [['b'], ['a'], false, false],
  ];
  for (const [patterns, [name = '', ...tags], kept, named] of cases) {
    const words = `${kept ? 'kept' : 'not kept'} and ${named ? 'named' : 'not named'}`;
    it(`${name}, tagged ${tags.join(', ') || 'not at all'}, is ${words} by [${patterns.join(' ')}]`, () => {
      const all = patterns.map((pattern) => new ImagePattern(pattern));
      assert.is(isKeptBy(all, image(name, ...tags)), kept);
      assert.is(isNamedBy(all, image(name, ...tags)), named);
    });
  }
});
