import type { Answer } from './answer.ts';

/** How an answer goes out: all there is to know to write it, faults included. */
export interface Delivery extends Answer {
  /** Announced length; `null` for chunked. The body's own unless a fault says otherwise. */
  length: number | null;
  ending: 'end' | 'close' | 'stall';
  pause?: Pause;
}

/** A wait before the body byte at position `at`; -1 is before the headers. */
export interface Pause {
  at: number;
  until: (signal: AbortSignal) => Promise<unknown>;
}

/** What is sent instead of an HTTP answer. */
export type Refusal = { raw: string } | 'reset' | 'hang';

export function plain(answer: Answer): Delivery {
  return { ...answer, length: answer.body.length, ending: 'end' };
}
