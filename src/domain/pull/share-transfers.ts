import { isPeerAuthorized } from '../peer-authorization.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ByteReader } from '../ports/byte-reader.ts';
import type { Clock } from '../ports/clock.ts';
import type { SharedTransfers } from '../ports/shared-transfers.ts';
import type { Signer } from '../ports/signer.ts';
import type { SharedTransfer } from '../shared-transfer.ts';
import { GrowingReader } from './growing-reader.ts';

export interface ShareTransfersPorts {
  readonly blobs: Pick<BlobStore, 'share'>;
  /** Undefined where nobody is to have anything. */
  readonly signer: Signer | undefined;
  readonly clock: Clock;
}

/** Lets the mirrors that have the same secret read what is staged here. */
export class ShareTransfers implements SharedTransfers {
  readonly #ports: ShareTransfersPorts;

  constructor(ports: ShareTransfersPorts) {
    this.#ports = ports;
  }

  admits(authorization: string | undefined, transfer: SharedTransfer): boolean | undefined {
    const { signer, clock } = this.#ports;
    return signer && isPeerAuthorized(signer, authorization, transfer, clock.now());
  }

  async open({ digest, owner, offset }: SharedTransfer): Promise<ByteReader | undefined> {
    const { blobs, clock } = this.#ports;
    const blob = await blobs.share?.(digest, owner);
    return blob && new GrowingReader(blob, clock, offset);
  }
}
