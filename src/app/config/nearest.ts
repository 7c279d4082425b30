import { closest, distance } from 'fastest-levenshtein';

/** A third of the letters wrong is still a slip; more is another word. */
const SLIP = 3;

/** From so many letters on, the beginning of a word stands for the word. */
const STEM = 4;

/** The candidate that `word` was most likely meant to be, or `undefined` if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const lowered = candidates.map((each) => each.toLowerCase());
  const found = closestOf(lower, lowered);
  const slip = Math.max(1, Math.floor(word.length / SLIP));
  if (found !== undefined && distance(lower, found) <= slip) {
    return candidates[lowered.indexOf(found)];
  }
  const stems = lowered.filter((each) => isStem(lower, each) || isStem(each, lower));
  const stem = closestOf(lower, stems);
  return stem === undefined ? undefined : candidates[lowered.indexOf(stem)];
}

function closestOf(word: string, candidates: readonly string[]): string | undefined {
  return candidates.length === 0 ? undefined : closest(word, candidates);
}

function isStem(stem: string, word: string): boolean {
  return stem.length >= STEM && word.startsWith(stem);
}
