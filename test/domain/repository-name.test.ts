import * as assert from 'uvu/assert';
import { NameInvalid } from '../../src/domain/errors.ts';
import {
  inLibrary,
  isRepositoryName,
  parseRepositoryName,
} from '../../src/domain/repository-name.ts';
import { testSuite } from '../support/suite.ts';

testSuite('a repository name', (it) => {
  const right = [
    'a',
    '0',
    'alpine',
    'library/alpine',
    'a/b/c/d/e/f',
    'a.b',
    'a_b',
    'a__b',
    'a-b',
    'a-----b',
    'a.b_c__d-e/f',
    '127.0.0.1/a',
    'a'.repeat(255),
    `${'a/'.repeat(127)}a`,
  ];
  for (const text of right) {
    it(`may be ${text.slice(0, 40)} (${text.length})`, () => {
      assert.is(parseRepositoryName(text), text);
    });
  }

  const wrong = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    'A',
    'library/Alpine',
    '.',
    '..',
    'a/../b',
    '.a',
    'a.',
    '-a',
    'a-',
    '_a',
    'a_',
    'a..b',
    'a___b',
    'a.-b',
    'a/_manifests/b',
    'a:b',
    'a@b',
    'a b',
    'a\n',
    'a\0',
    'ä',
    'a%2fb',
    'a\\b',
    'a'.repeat(256),
    `${'a/'.repeat(127)}ab`,
  ];
  for (const text of wrong) {
    it(`is never ${JSON.stringify(text.slice(0, 40))} (${text.length})`, () => {
      assert.not(isRepositoryName(text));
      assert.throws(
        () => parseRepositoryName(text),
        (error: unknown) => error instanceof NameInvalid,
      );
    });
  }

  it('is refused in time, however it tries the grammar', () => {
    assert.not(isRepositoryName('a-'.repeat(127)));
    assert.not(isRepositoryName('-'.repeat(255)));
  });

  it('without a slash is in the library of Docker Hub', () => {
    assert.is(inLibrary(parseRepositoryName('alpine')), 'library/alpine');
    assert.is(inLibrary(parseRepositoryName('grafana/grafana')), 'grafana/grafana');
  });
});
