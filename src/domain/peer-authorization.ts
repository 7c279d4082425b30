import type { Signer } from './ports/signer.ts';
import { type SharedTransfer, sharedTransferPath } from './shared-transfer.ts';

const SCHEME = 'Kagami-HMAC-SHA256';
const FORM = /^Kagami-HMAC-SHA256 expires=(\d{1,12}), signature=(\S{1,128})$/;

/** How long a request may be on its way, in milliseconds. */
const VALID_MS = 60_000;

/** By how much the clocks of two mirrors may differ, in milliseconds. */
const SKEW_MS = 4 * 60_000;

/** The value of `Authorization` with which one mirror asks another for a running download. */
export function authorizePeer(signer: Signer, transfer: SharedTransfer, nowMs: number): string {
  const expires = Math.floor((nowMs + VALID_MS) / 1000);
  return `${SCHEME} expires=${expires}, signature=${signer.sign(signed(transfer, expires))}`;
}

/** Whether it is right; undefined for nothing, or anything else. */
export function isPeerAuthorized(
  signer: Signer,
  authorization: string | undefined,
  transfer: SharedTransfer,
  nowMs: number,
): boolean | undefined {
  if (authorization?.startsWith(`${SCHEME} `) !== true) return undefined;
  const [, written = '', signature = ''] = FORM.exec(authorization) ?? [];
  const expires = Number(written);
  const leftMs = expires * 1000 - nowMs;
  const isInTime = leftMs > -SKEW_MS && leftMs <= VALID_MS + SKEW_MS;
  return isInTime && signer.isSigned(signed(transfer, expires), signature);
}

/** Where the mirror is does not count: a proxy may be in between. */
function signed(transfer: SharedTransfer, expires: number): string {
  return [SCHEME, 'GET', sharedTransferPath(transfer), expires].join('\n');
}
