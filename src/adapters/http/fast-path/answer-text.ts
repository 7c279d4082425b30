import { STATUS_CODES, validateHeaderValue } from 'node:http';
import type { RawHeaders } from '../headers.ts';

/** Longer bodies are not copied. */
const LONGEST_TEXT = 64 * 1024;

/**
 * Makes answers as one text of Latin-1, each of whose characters is a byte: to write that takes half
 * the time of headers and body in two pieces. What is the same in every answer with these headers, or
 * with this body, is made once, and is kept as long as they are.
 */
export class AnswerText {
  readonly #keepAlive: string;
  readonly #heads = new WeakMap<RawHeaders, string>();
  readonly #bodies = new WeakMap<Uint8Array, string>();
  #dateMs = 0;
  #date = '';

  /** @param keepAliveMs for how long an idle connection is kept */
  constructor(keepAliveMs: number) {
    const seconds = Math.floor(keepAliveMs / 1000);
    this.#keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${seconds}\r\n\r\n`;
  }

  /** @throws TypeError if a header cannot be sent */
  head(status: number, headers: RawHeaders, closes: boolean): string {
    const end = closes ? 'Connection: close\r\n\r\n' : this.#keepAlive;
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${this.#fields(headers)}Date: ${this.#now()}\r\n${end}`;
  }

  /** Undefined for one that is too long to be a text. */
  body(bytes: Uint8Array | string): string | undefined {
    if (typeof bytes === 'string') return Buffer.from(bytes).toString('latin1');
    if (bytes.byteLength > LONGEST_TEXT) return undefined;
    const known = this.#bodies.get(bytes);
    if (known !== undefined) return known;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    this.#bodies.set(bytes, text);
    return text;
  }

  #fields(headers: RawHeaders): string {
    const known = this.#heads.get(headers);
    if (known !== undefined) return known;
    let text = '';
    for (let at = 0; at < headers.length; at += 2) {
      const [name = '', value = ''] = headers.slice(at, at + 2);
      validateHeaderValue(name, value);
      text += `${name}: ${value}\r\n`;
    }
    this.#heads.set(headers, text);
    return text;
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
