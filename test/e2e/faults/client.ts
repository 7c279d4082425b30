import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import * as assert from 'uvu/assert';
import { Gate } from '../../support/gate.ts';
import { digestOf } from '../../support/oci-content.ts';

/** What a client got: the answer's head, and as much of its body as came. */
export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the body came to its end, as a client can tell. */
  readonly isComplete: boolean;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of each piece of the body. */
  readonly piece?: (bytes: number) => void;
}

/** One request over a connection of its own. Rejects only if no answer begins. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, piece }: Asking = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false });
    asked.on('error', reject);
    asked.on('response', (answer: IncomingMessage) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (data: Buffer) => {
        pieces.push(data);
        bytes += data.length;
        piece?.(bytes);
      });
      // A connection that breaks off shows in `isComplete`.
      answer.on('error', () => {});
      answer.on('close', () => {
        const { statusCode: status = 0, complete: isComplete } = answer;
        resolve({ status, headers: answer.headers, body: Buffer.concat(pieces), isComplete });
      });
    });
    asked.end();
  });
}

/**
 * Begins what {@link ask} does, and resolves when so many bytes of the body are here, or it is over; the
 * whole is `rest`.
 */
export async function begin(
  bytes: number,
  asking: (piece: (bytes: number) => void) => Promise<Got>,
): Promise<{ rest: Promise<Got> }> {
  const reached = new Gate();
  const rest = asking((got) => {
    if (got >= bytes) reached.open();
  });
  await Promise.race([reached.passed, rest]);
  return { rest };
}

/** Whether the client has the whole blob, and the right one. */
export function assertIsBlobOf({ status, body, isComplete }: Got, digest: string): void {
  assert.is(status, 200, body.subarray(0, 300).toString());
  assert.ok(isComplete, `cut short after ${body.length} bytes`);
  assert.is(digestOf(body), digest);
}

/** The first error of an answer that is one, as the distribution-spec words it. */
export function errorIn({ body }: Got): { code: string; message: string; detail: unknown } {
  const { errors } = JSON.parse(body.toString()) as {
    errors: [{ code: string; message: string; detail: unknown }];
  };
  return errors[0];
}
