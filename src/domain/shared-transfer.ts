import { type Digest, isDigest } from './digest.ts';

/** A part of a running download, as one mirror asks another for it. */
export interface SharedTransfer {
  readonly digest: Digest;
  /** Who downloads it; see `ports/owners.ts`. */
  readonly owner: string;
  /** From which byte on. */
  readonly offset: number;
}

const FOLDER = 'kagami/transfers/';
const OWNER = /^[\w.-]{1,1000}$/;
const OFFSET = /^from=(0|[1-9]\d{0,15})$/;

/** Where it is to be had, below the root of the mirror that has it. */
export function sharedTransferPath({ digest, owner, offset }: SharedTransfer): string {
  return `${FOLDER}${owner}/${digest}?from=${offset}`;
}

/** What is asked for at such a path; undefined of any other. */
export function parseSharedTransfer(path: string, query: string): SharedTransfer | undefined {
  if (!path.startsWith(FOLDER)) return undefined;
  const [owner = '', digest = '', ...more] = path.slice(FOLDER.length).split('/');
  const [, offset] = OFFSET.exec(query) ?? [];
  if (!OWNER.test(owner) || !isDigest(digest) || offset === undefined) return undefined;
  return more.length > 0 ? undefined : { digest, owner, offset: Number(offset) };
}
