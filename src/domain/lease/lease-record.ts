import type { LeaseNote, Tenure } from '../ports/leases.ts';
import { decodeUtf8, encodeUtf8 } from '../utf8.ts';

/** A lease as it lies in the storage. */
export interface LeaseRecord extends Tenure {
  /** Goes up as long as the holder lives. */
  readonly beat: number;
}

export function leaseRecord({ id, holder, note, beat }: LeaseRecord): Uint8Array {
  return encodeUtf8(JSON.stringify({ id, holder, note, beat }));
}

/** What lies in a lease's place and cannot be read: somebody's, who never beats. */
const BROKEN: LeaseRecord = { id: 'broken', holder: '', note: {}, beat: 0 };

/** Undefined where nothing lies. */
export function readLeaseRecord(bytes: Uint8Array | undefined): LeaseRecord | undefined {
  if (bytes === undefined) return undefined;
  const { id, holder, note, beat } = parsed(bytes);
  const isWhole = typeof id === 'string' && typeof holder === 'string' && typeof beat === 'number';
  return isWhole ? { id, holder, beat, note: noteIn(note) } : BROKEN;
}

export function outcomeRecord(id: string, outcome: LeaseNote): Uint8Array {
  return encodeUtf8(JSON.stringify({ id, outcome }));
}

/** The outcome of that holding; undefined if the record is of another one, or broken. */
export function readOutcome(bytes: Uint8Array | undefined, id: string): LeaseNote | undefined {
  if (bytes === undefined) return undefined;
  const record = parsed(bytes);
  return record['id'] === id ? noteIn(record['outcome']) : undefined;
}

function parsed(bytes: Uint8Array): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(decodeUtf8(bytes));
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {}; // neither text nor JSON
  }
}

function noteIn(value: unknown): LeaseNote {
  if (typeof value !== 'object' || value === null) return {};
  const fields = Object.entries(value).filter((field): field is [string, string | number] => {
    return typeof field[1] === 'string' || typeof field[1] === 'number';
  });
  return Object.fromEntries(fields);
}
