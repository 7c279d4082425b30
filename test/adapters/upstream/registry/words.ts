import { type Digest, parseDigest } from '../../../../src/domain/digest.ts';
import { parseReference, type Reference } from '../../../../src/domain/reference.ts';
import {
  parseRepositoryName,
  type RepositoryName,
} from '../../../../src/domain/repository-name.ts';
import type { Content } from '../../../support/oci-content.ts';

export const ALPINE: RepositoryName = parseRepositoryName('library/alpine');

export function repository(name: string): RepositoryName {
  return parseRepositoryName(name);
}

export function tag(name: string): Reference {
  return parseReference(name);
}

export function digestOf(content: Content | undefined): Digest {
  return parseDigest(content?.digest ?? '');
}
