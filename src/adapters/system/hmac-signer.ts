import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Signer } from '../../domain/ports/signer.ts';

/** HMAC-SHA256 (RFC 2104), in hexadecimal. */
export class HmacSigner implements Signer {
  readonly #secret: () => string;

  /** @param secret asked for each time, so that it lies nowhere else */
  constructor(secret: () => string) {
    this.#secret = secret;
  }

  sign(text: string): string {
    return createHmac('sha256', this.#secret()).update(text).digest('hex');
  }

  isSigned(text: string, signature: string): boolean {
    const [right, given] = [Buffer.from(this.sign(text)), Buffer.from(signature)];
    return right.length === given.length && timingSafeEqual(right, given);
  }
}
