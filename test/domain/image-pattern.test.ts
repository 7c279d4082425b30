import * as assert from 'uvu/assert';
import { ImagePattern } from '../../src/domain/image-pattern.ts';
import { parseTag } from '../../src/domain/reference.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import { testSuite } from '../support/suite.ts';

testSuite('an image pattern', (it) => {
  const cases: [pattern: string, matches: string[], not: string[]][] = [
    [
      'library/alpine',
      ['library/alpine:3', 'library/alpine:latest'],
      ['library/alpine2:3', 'alpine:3'],
    ],
    ['library/*', ['library/alpine:3'], ['library/a/b:3', 'library2/a:3', 'a:3']],
    ['library/**', ['library/alpine:3', 'library/a/b:3'], ['a/library/b:3']],
    ['*', ['alpine:3'], ['library/alpine:3']],
    ['**', ['alpine:3', 'library/alpine:3'], []],
    ['library/*:*-slim', ['library/python:3-slim'], ['library/python:3', 'library/python:slim']],
    ['**:latest', ['a/b:latest'], ['a/b:latest1', 'a/b:xlatest']],
    ['a.b/c:1.2', ['a.b/c:1.2'], ['axb/c:1.2', 'a.b/c:1x2']],
    ['a+(b)', [], ['a:1', 'aab:1']],
    ['**:', [], ['a:1']],
  ];
  for (const [pattern, matches, not] of cases) {
    it(pattern, () => {
      for (const image of [...matches, ...not]) {
        const [repository = '', tag = ''] = image.split(':');
        const found = new ImagePattern(pattern).matches(
          parseRepositoryName(repository),
          parseTag(tag),
        );
        assert.is(found, matches.includes(image), image);
      }
    });
  }
});
