import { algorithmOf, type Digest, encodedOf } from '../../../../domain/digest.ts';
import { digestFromPath } from '../../../../domain/registry-layout.ts';

/** What the name of a partial, the file of a staged blob, tells. */
export interface PartialName {
  readonly digest: Digest;
  /** Who writes it, or was the last to do so; see `presence.ts`. */
  readonly owner: string;
  /** Tells the partials of one owner apart: the later ones have the higher numbers. */
  readonly number: number;
  /** Its owner has left it to whoever comes first. */
  readonly isSuspended: boolean;
}

const SUSPENDED = '.suspended';
const FORM = /^([a-z0-9]+)-([0-9a-f]+)\.([0-9a-f]+-[0-9a-f]+)\.(\d+)(\.suspended)?$/;

export function partialName(digest: Digest, owner: string, number: number): string {
  return `${partialNameStart(digest)}${owner}.${number}`;
}

/** What the names of all partials of this blob begin with, and no others. */
export function partialNameStart(digest: Digest): string {
  return `${algorithmOf(digest)}-${encodedOf(digest)}.`;
}

export function suspendedName(name: string): string {
  return `${name}${SUSPENDED}`;
}

/** Undefined for the name of anything else. */
export function parsePartialName(name: string): PartialName | undefined {
  const [, algorithm = '', encoded = '', owner = '', number, suspended] = FORM.exec(name) ?? [];
  const digest = digestFromPath(algorithm, encoded);
  return digest && { digest, owner, number: Number(number), isSuspended: suspended !== undefined };
}
