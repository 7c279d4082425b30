import { badAnswer, requireContent } from './answer-failure.ts';
import { type HttpAnswer, readBody } from './http-answer.ts';

/** Lists of some ten thousand entries are met; in bytes. */
const LARGEST_LIST = 16 * 1024 * 1024;

/** The JSON object in an answer's body. */
export async function readObject(answer: HttpAnswer): Promise<Record<string, unknown>> {
  requireContent(answer);
  const body = await readBody(answer, LARGEST_LIST);
  try {
    const json: unknown = JSON.parse(body.toString());
    if (typeof json === 'object' && json !== null) {
      answer.settle();
      return { ...json };
    }
  } catch {
    // Said below, without a word of the body.
  }
  throw badAnswer(answer, 'sent a list that is not JSON');
}
