const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const NANOSECONDS_IN_MS = 1e6;
/** Go counts durations in an int64 of nanoseconds. */
const LONGEST_NS = 2 ** 63;

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/**
 * Reads a duration as Go's `time.ParseDuration` does (`1h30m`, `1.5h`, `500ms`, `-1s`, `0`) and, as
 * the registry's YAML decoder does, a bare integer as nanoseconds.
 *
 * @returns milliseconds, possibly a fraction; `undefined` if it is no duration.
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, rest] = /^([-+]?)(.*)$/s.exec(text) as unknown as [string, string, string];
  const size = /^\d+$/.test(rest) ? Number(rest) : sumOfParts(rest);
  if (size === undefined || size >= LONGEST_NS) return undefined;
  if (size === 0) return 0;
  return (sign === '-' ? -size : size) / NANOSECONDS_IN_MS;
}

function sumOfParts(text: string): number | undefined {
  let sum = 0;
  let end = 0;
  for (const [part, count, unit] of text.matchAll(PART)) {
    sum += Number(count) * (NANOSECONDS[unit as string] as number);
    end += part.length;
  }
  return end === text.length && end > 0 ? sum : undefined;
}
