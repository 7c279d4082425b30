import { breakOff, type HttpAnswer } from './http-answer.ts';
import { failureOf } from './http-failure.ts';

/** A blob's bytes in the pieces in which they come; to leave the iteration breaks off the transfer. */
export async function* blobBody(answer: HttpAnswer): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) yield piece;
  } catch (error) {
    throw failureOf(error, answer.url);
  } finally {
    breakOff(answer);
  }
}
