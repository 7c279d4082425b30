import { closest, distance } from 'fastest-levenshtein';

/** A third of the letters wrong is still a slip; more is another word. */
const SLIP = 3;

/** The candidate that `word` was most likely meant to be, or `undefined` if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const found = closest(
    word.toLowerCase(),
    candidates.map((each) => each.toLowerCase()),
  );
  const index = candidates.findIndex((each) => each.toLowerCase() === found);
  const allowed = Math.max(1, Math.floor(word.length / SLIP));
  return distance(word.toLowerCase(), found) <= allowed ? candidates[index] : undefined;
}
