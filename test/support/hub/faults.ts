import type { OutgoingHttpHeaders } from 'node:http';
import type { Arrival, ArrivalKind, ServerName } from './arrivals.ts';

/** What goes wrong. Byte positions count in the body that is sent, so from a range's start. */
export type FaultAction =
  /** Another answer altogether. */
  | { type: 'status'; status: number; body?: string | object; headers?: OutgoingHttpHeaders }
  /** The right answer with headers changed; `undefined` removes one. */
  | { type: 'headers'; headers: Record<string, string | undefined> }
  /** Accepts the request and never says anything. */
  | { type: 'hang' }
  /** RST instead of an answer. */
  | { type: 'reset' }
  /** Waits before the headers. */
  | { type: 'slow'; ms: number }
  /** Waits for the test, before the headers or after some body bytes. */
  | { type: 'hold'; until: Promise<unknown>; after?: number }
  /** Closes the connection after some body bytes. */
  | { type: 'cut'; after: number }
  /** Sends some body bytes and then nothing, with the connection open. */
  | { type: 'stall'; after: number }
  /** One flipped byte, all else right. */
  | { type: 'corrupt'; at: number }
  /** A complete, well-formed answer whose body misses its last bytes. */
  | { type: 'shorter'; by: number }
  /** A complete, well-formed answer with bytes after the right ones. */
  | { type: 'longer'; by: number }
  /** Content-Length off by that much, then the connection closes. */
  | { type: 'wrong-length'; by: number }
  /** No Content-Length. */
  | { type: 'chunked' }
  /** The edge's answer of 2020 with bare LF: https://github.com/docker/hub-feedback/issues/1907 */
  | { type: 'bare-lf' }
  /** 200 with a web page, as captive portals say. */
  | { type: 'html' }
  /** The right status and headers with a broken JSON body. */
  | { type: 'bad-json' }
  /** A compressed body though nobody asked for it. */
  | { type: 'encoding' }
  /** 200 with everything although a range was asked for. */
  | { type: 'ignore-range' };

export interface Fault {
  server: ServerName;
  kind?: ArrivalKind;
  match?: (arrival: Arrival) => boolean;
  /** How many requests are hit; all of them unless told. */
  times?: number;
  action: FaultAction;
}

/** Faults in the order they were added; a request meets the first that fits, and only that one. */
export class Faults {
  #pending: { fault: Fault; left: number }[] = [];

  /** Returns a function that takes the fault away again. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#pending.push(entry);
    return () => this.#remove(entry);
  }

  take(arrival: Arrival): FaultAction | undefined {
    const entry = this.#pending.find(({ fault }) => fits(fault, arrival));
    if (!entry) return undefined;
    entry.left--;
    if (entry.left === 0) this.#remove(entry);
    return entry.fault.action;
  }

  clear(): void {
    this.#pending = [];
  }

  #remove(entry: { fault: Fault; left: number }): void {
    this.#pending = this.#pending.filter((other) => other !== entry);
  }
}

function fits(fault: Fault, arrival: Arrival): boolean {
  if (fault.server !== arrival.server) return false;
  if (fault.kind !== undefined && fault.kind !== arrival.kind) return false;
  return fault.match?.(arrival) ?? true;
}
