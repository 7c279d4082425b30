import { ImagePattern } from '../../../domain/image-pattern.ts';
import { quoted } from '../redact.ts';

/** What names and tags are made of, and `*`. */
const PATTERN = /^[a-z0-9._/*-]+(:[\w.*-]+)?$/;

/** The pattern, or what is wrong with it; that goes on after the key. */
export function imagePattern(written: string): ImagePattern | string {
  if (PATTERN.test(written)) return new ImagePattern(written);
  return `must be a pattern such as \`library/*:*-slim\`, not ${quoted(written)}`;
}
