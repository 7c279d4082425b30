import type { PullAllowance } from '../../../domain/rate-limit.ts';
import { type HttpAnswer, header } from './http-answer.ts';

/** `100;w=21600`: a number, which may be missing, and the window in seconds, which may be too. */
const QUOTA = /^\s*(-?\d{1,9}(?!\d))?\s*(?:;.*?\bw\s*=\s*"?(\d{1,9}))?/i;

/**
 * What the headers of a manifest's answer say of the pull allowance, or undefined if they say nothing
 * (https://docs.docker.com/docker-hub/usage/pulls/). A number that is missing is no limit
 * (https://github.com/docker/hub-feedback/issues/2081).
 */
export function allowanceOf(answer: HttpAnswer): PullAllowance | undefined {
  const limit = quotaIn(header(answer, 'ratelimit-limit'));
  const remaining = quotaIn(header(answer, 'ratelimit-remaining'));
  if (limit === undefined && remaining === undefined) return undefined;
  const seconds = remaining?.windowSeconds ?? limit?.windowSeconds;
  return {
    limit: limit?.count,
    remaining: remaining?.count,
    windowMs: seconds === undefined ? undefined : seconds * 1000,
    source: header(answer, 'docker-ratelimit-source'),
  };
}

interface Quota {
  readonly count: number | undefined;
  readonly windowSeconds: number | undefined;
}

function quotaIn(value: string | undefined): Quota | undefined {
  if (value === undefined) return undefined;
  const [, count, seconds] = QUOTA.exec(value) ?? [];
  return {
    // Harbor's users met negative ones.
    count: count === undefined ? undefined : Math.max(0, Number(count)),
    windowSeconds: seconds === undefined ? undefined : Number(seconds),
  };
}
