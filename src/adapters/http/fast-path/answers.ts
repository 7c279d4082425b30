import { STATUS_CODES, validateHeaderValue } from 'node:http';
import { echoing, type RawHeaders } from '../headers.ts';

/** Longer bodies are not copied. */
const LONGEST_COPIED = 64 * 1024;

/** All of an answer but its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: RawHeaders;
  /** The registry that the client has named with `ns`. */
  readonly namespace: string | undefined;
  /** Whether the connection ends with it. */
  readonly closes: boolean;
}

/** What goes out in one write, and the rest of a body that is too long to be copied. */
export interface AnswerBytes {
  readonly bytes: Buffer;
  readonly rest: Uint8Array | undefined;
}

interface Kept extends AnswerBytes {
  readonly namespace: string | undefined;
  readonly date: string;
}

/**
 * Makes answers as bytes, head and body in one piece: two pieces take twice the time. One with the same
 * headers is likely to come again, and stays the same for a second: it is kept as long as they are.
 */
export class Answers {
  readonly #keepAlive: string;
  readonly #withBody = new WeakMap<RawHeaders, Kept>();
  readonly #withoutBody = new WeakMap<RawHeaders, Kept>();
  #dateMs = 0;
  #date = '';

  /** @param keepAliveMs for how long an idle connection is kept */
  constructor(keepAliveMs: number) {
    const seconds = Math.floor(keepAliveMs / 1000);
    this.#keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
  }

  /**
   * @param body the same for the same headers, if it is there
   * @throws TypeError if a header cannot be sent
   */
  answer(head: AnswerHead, body: Uint8Array | undefined): AnswerBytes {
    const date = this.#now();
    // Who ends a connection, or does not get what was asked for, seldom asks again.
    if (head.status !== 200 || head.closes) return this.#make(head, body, date);
    const all = body === undefined ? this.#withoutBody : this.#withBody;
    const kept = all.get(head.headers);
    if (kept?.date === date && kept.namespace === head.namespace) return kept;
    const made = { ...this.#make(head, body, date), namespace: head.namespace, date };
    all.set(head.headers, made);
    return made;
  }

  #make(head: AnswerHead, body: Uint8Array | undefined, date: string): AnswerBytes {
    const text = Buffer.from(this.#head(head, date), 'latin1');
    if (body === undefined) return { bytes: text, rest: undefined };
    if (body.byteLength > LONGEST_COPIED) return { bytes: text, rest: body };
    return { bytes: Buffer.concat([text, body]), rest: undefined };
  }

  #head({ status, headers, namespace, closes }: AnswerHead, date: string): string {
    const all = namespace === undefined ? headers : echoing(namespace, headers);
    const end = closes ? 'Connection: close\r\n\r\n' : this.#keepAlive;
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields(all)}Date: ${date}\r\n${end}`;
  }

  /** RFC 9110 §5.6.7; made once a second. */
  #now(): string {
    const nowMs = Date.now();
    if (Math.abs(nowMs - this.#dateMs) >= 1000) {
      this.#dateMs = nowMs - (nowMs % 1000);
      this.#date = new Date(nowMs).toUTCString();
    }
    return this.#date;
  }
}

function fields(headers: RawHeaders): string {
  let text = '';
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    validateHeaderValue(name, value);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
