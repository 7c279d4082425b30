import { parseGoDuration } from './config/go-duration.ts';

const PARTS = /^(?:(\d+(?:\.\d+)?)d)?(.*)$/;

/**
 * A length of time as the configuration has it, and with days, as `30d` or `1d12h`; in milliseconds.
 * Undefined for what is none, or is less than 0, or a number without a unit.
 */
export function parseDayDuration(text: string): number | undefined {
  const [, days, rest = ''] = PARTS.exec(text) ?? [];
  const daysMs = Number(days ?? 0) * 24 * 3_600_000;
  if (rest === '') return days === undefined ? undefined : daysMs;
  const restMs = /^([-+]|\d+$)/.test(rest) ? undefined : parseGoDuration(rest);
  return restMs === undefined ? undefined : daysMs + restMs;
}
