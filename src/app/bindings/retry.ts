import { DEFAULT_RETRY, type RetryPolicy } from '../../domain/back-off.ts';
import type { Config } from '../config/config.ts';

export function retryPolicy({ upstream }: Config): RetryPolicy {
  const { retries, stallTimeoutMs } = upstream;
  return { ...DEFAULT_RETRY, retries, stallTimeoutMs };
}
