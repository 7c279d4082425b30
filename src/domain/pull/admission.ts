import type { Digest } from '../digest.ts';

/** Resolves when a blob of so many bytes may be put into the storage. */
export type Admit = (digest: Digest, bytes: number) => Promise<void>;

/**
 * Where whole blobs wait before they become visible in the storage. Their clients do not: they have
 * all bytes by then. Without somebody who decides, nothing waits.
 */
export class Admission {
  #admit: Admit | undefined;

  decideBy(admit: Admit): void {
    this.#admit = admit;
  }

  async ask(digest: Digest, bytes: number): Promise<void> {
    await this.#admit?.(digest, bytes);
  }
}
