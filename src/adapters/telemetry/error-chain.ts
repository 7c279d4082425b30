/**
 * What went wrong, in one line: the message and those of its causes. No stack: it helps nobody who
 * runs the mirror, and it does not belong into an answer or a log.
 */
export function errorChain(error: unknown): string {
  const messages: string[] = [];
  let current = error;
  while (current instanceof Error && messages.length < 5) {
    if (!messages.includes(current.message)) messages.push(current.message);
    current = current.cause;
  }
  return messages.length > 0 ? messages.join(': ') : String(error);
}
