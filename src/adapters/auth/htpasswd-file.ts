import { readFileSync } from 'node:fs';

/** The password file of Apache's `htpasswd`. */
export interface HtpasswdFile {
  /** The bcrypt hash of each user's password. */
  readonly users: ReadonlyMap<string, string>;
  /** Lines that let nobody in, and why. */
  readonly faults: readonly HtpasswdFault[];
}

export interface HtpasswdFault {
  /** Counts from 1. */
  readonly line: number;
  readonly sentence: string;
}

/** @throws an error of the file system */
export function readHtpasswd(path: string): HtpasswdFile {
  return parseHtpasswd(readFileSync(path, 'utf8'));
}

/** `$2a$`, `$2b$` or `$2y$`, the cost, and 22 and 31 characters of salt and hash. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/**
 * Reads a line `name:hash` for each user; empty lines and those that begin with `#` are left out. Of
 * two lines for one user the later counts, as in the CNCF registry.
 */
export function parseHtpasswd(text: string): HtpasswdFile {
  const users = new Map<string, string>();
  const faults: HtpasswdFault[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [user, hash] = userAndHash(line);
    const sentence = faultOf(user, hash);
    if (sentence !== undefined) faults.push({ line: index + 1, sentence });
    users.delete(user);
    if (sentence === undefined) users.set(user, hash);
  }
  return { users, faults };
}

/** Never with what is in the line: without a colon, all of it may be a password. */
function faultOf(user: string, hash: string): string | undefined {
  if (user === '') return 'is not `name:hash`';
  if (BCRYPT.test(hash)) return undefined;
  return `has no bcrypt hash for ${JSON.stringify(user)}; make one with \`htpasswd -B\``;
}

function userAndHash(line: string): [user: string, hash: string] {
  const colon = line.indexOf(':');
  return colon === -1 ? ['', ''] : [line.slice(0, colon), line.slice(colon + 1)];
}
