import { BlobUnknown } from '../../domain/errors.ts';
import { OCTET_STREAM } from '../../domain/media-type.ts';
import type { SharedTransfers } from '../../domain/ports/shared-transfers.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { SharedTransferRoute } from './route.ts';
import { ByteSender } from './send-bytes.ts';
import type { Service } from './service.ts';

/** A proxy in between is neither to keep it, nor to gather it first. */
const AS_IT_COMES = ['Cache-Control', 'no-store', 'X-Accel-Buffering', 'no'];

/** For a mirror that has its storage for itself. */
export const NOTHING_SHARED: SharedTransfers = {
  admits: () => undefined,
  open: () => Promise.resolve(undefined),
};

/** What has come of a blob and comes, for another mirror; it is nobody's pull. */
export async function answerSharedTransfer(
  { shared, headers, pool, limits }: Service,
  exchange: NodeExchange,
  { transfer }: SharedTransferRoute,
): Promise<void> {
  await exchange.turn();
  const reader = await shared.open(transfer);
  if (reader === undefined) throw new BlobUnknown('nothing of it is on its way here');
  try {
    if (exchange.isOver) return;
    const sender = new ByteSender(reader, exchange, pool);
    exchange.isOpenEnded = exchange.request.httpVersion === '1.0';
    exchange.head(200, headers.with('Content-Type', OCTET_STREAM, ...AS_IT_COMES));
    exchange.response.flushHeaders();
    await sender.send(limits.writeTimeoutMs);
  } finally {
    reader.close();
  }
}
