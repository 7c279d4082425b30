import { UpstreamTimeout } from '../../../domain/errors.ts';

/**
 * The answer, if it comes in time: a file on a share whose server is gone can hang for minutes. What
 * was asked for goes on unheard; a read of a file cannot be called back.
 */
export async function within<T>(timeoutMs: number | undefined, answer: Promise<T>): Promise<T> {
  if (timeoutMs === undefined) return answer;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const fail = (): void => {
      reject(new UpstreamTimeout(`the directory did not answer in ${timeoutMs} ms`));
    };
    timer = setTimeout(fail, timeoutMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
