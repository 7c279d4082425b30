import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/app/config/load-config.ts';
import { namedImages, patternMistake } from '../../src/app/image-arguments.ts';
import type { Tag } from '../../src/domain/reference.ts';
import { parseRepositoryName } from '../../src/domain/repository-name.ts';
import { testSuite } from '../support/suite.ts';

const HUB = 'https://registry-1.docker.io';
const OTHER = 'https://registry.example';

function isNamed(pattern: string, repository: string, upstream: string): boolean {
  const env = { REGISTRY_PROXY_REMOTEURL: upstream };
  const { config } = loadConfig({ env, candidates: [], canWrite: () => true });
  const name = parseRepositoryName(repository);
  return namedImages([pattern], config).some((each) => each.matches(name, '3.20' as Tag));
}

testSuite('patterns on the command line', (it) => {
  it('mean an official image by one word where Docker Hub is mirrored', () => {
    for (const pattern of ['alpine', 'alpine:3.*', 'al*', '*', '*:3.20']) {
      assert.ok(isNamed(pattern, 'library/alpine', HUB), pattern);
      assert.ok(isNamed(pattern, 'alpine', HUB), pattern);
      assert.not(isNamed(pattern, 'library/alpine', OTHER), pattern);
      assert.not(isNamed(pattern, 'some/alpine', HUB), pattern);
      assert.not(isNamed(pattern, 'library/some/alpine', HUB), pattern);
    }
  });

  it('mean what they say otherwise', () => {
    for (const upstream of [HUB, OTHER]) {
      assert.ok(isNamed('**', 'some/alpine', upstream));
      assert.ok(isNamed('some/**:3*', 'some/other/alpine', upstream));
      assert.not(isNamed('some/*', 'library/some/alpine', upstream));
      assert.not(isNamed('alpine:latest', 'library/alpine', upstream));
    }
  });

  it('are told from what is none', () => {
    assert.is(patternMistake('library/*:*-slim'), undefined);
    for (const wrong of ['', 'Alpine', 'a:b:c', 'a b', `a@sha256:${'0'.repeat(64)}`, 'a:']) {
      assert.match(patternMistake(wrong) ?? '', /^It must be a pattern such as/, wrong);
    }
  });
});
