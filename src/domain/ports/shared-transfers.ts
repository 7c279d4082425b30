import type { SharedTransfer } from '../shared-transfer.ts';
import type { ByteReader } from './byte-reader.ts';

/**
 * What a mirror lets the others have that keep their images in the same storage: the inbound port for
 * these.
 */
export interface SharedTransfers {
  /**
   * Whether one of them asks; undefined if it does not even claim to.
   *
   * @param authorization the header of that name
   */
  admits(authorization: string | undefined, transfer: SharedTransfer): boolean | undefined;
  /**
   * What has come of it, and comes; undefined if there is nothing of it here. It ends where the
   * download does, whole or not, and nobody has verified it.
   */
  open(transfer: SharedTransfer): Promise<ByteReader | undefined>;
}
