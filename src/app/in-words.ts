import prettyBytes from 'pretty-bytes';

export function sizeInWords(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}

const UNITS = [
  ['d', 24 * 3_600_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** How long ago something was, in the largest unit that it fills: `3d`, `12h`, `0s`. */
export function ageInWords(ms: number): string {
  const [unit, unitMs] = UNITS.find(([, each]) => ms >= each) ?? ['s', 1000];
  return `${Math.max(0, Math.floor(ms / unitMs))}${unit}`;
}

/** One of something, or several. */
export function countInWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
