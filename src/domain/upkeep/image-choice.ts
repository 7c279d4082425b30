import type { ImagePattern } from '../image-pattern.ts';
import type { Tag } from '../reference.ts';
import type { HeldImage } from './inventory.ts';

/**
 * Whether a pattern asks to keep the image, by any of its tags. One without a tag is kept by none: a
 * tag that moves each day would otherwise leave behind an image that never goes.
 */
export function isKeptBy(patterns: readonly ImagePattern[], image: HeldImage): boolean {
  return image.tags.some((tag) => isMatched(patterns, image, tag));
}

/**
 * Whether patterns name the image as one to remove: by any of its tags, or, without one, by a
 * pattern that takes every tag. No pattern names all.
 */
export function isNamedBy(patterns: readonly ImagePattern[], image: HeldImage): boolean {
  if (patterns.length === 0) return true;
  if (image.tags.length === 0) return isMatched(patterns, image, NO_TAG);
  return image.tags.some((tag) => isMatched(patterns, image, tag));
}

const NO_TAG = '' as Tag;

function isMatched(patterns: readonly ImagePattern[], image: HeldImage, tag: Tag): boolean {
  return patterns.some((pattern) => pattern.matches(image.repository, tag));
}
