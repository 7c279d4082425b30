import { type ByteRange, parseByteRange, resolveRange } from '../../domain/byte-range.ts';
import { RangeNotSatisfiable } from '../../domain/errors.ts';
import type { ServedBlob } from '../../domain/ports/mirror.ts';
import { isKnown, isRangeWanted } from './conditional.ts';
import type { Exchange } from './exchange.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { BlobRoute } from './route.ts';
import { ByteSender } from './send-bytes.ts';
import type { Service } from './service.ts';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-blobs */
export async function answerBlob(
  service: Service,
  exchange: NodeExchange,
  route: BlobRoute,
): Promise<void> {
  await exchange.turn();
  const { repository, digest } = route;
  if (isKnown(exchange.request.headers['if-none-match'], digest)) {
    await service.mirror.statBlob(repository, digest);
    exchange.answer(304, service.headers.notModified(digest, 'blob'));
    return;
  }
  if (exchange.isHead) {
    const size = await service.mirror.statBlob(repository, digest);
    exchange.answer(200, service.headers.ofBlob(digest, size));
    return;
  }
  const location = await service.mirror.locateBlob(repository, digest);
  if (location !== undefined) {
    exchange.source = 'hit';
    exchange.answer(307, service.headers.elsewhere(location, digest));
    return;
  }
  const range = await wantedRange(service, exchange, route);
  const isOffered = service.acceleration?.isOffered(exchange) === true;
  if (isOffered && (await isLeftToProxy(service, exchange, route, range))) return;
  const served = await service.mirror.openBlob(repository, digest, range);
  try {
    await sendBlob(service, exchange, route, served);
  } finally {
    served.reader.close();
  }
}

/**
 * The same for a plain GET of a blob that is in memory, or that the proxy in front is to send; false,
 * and nothing is done, if it is neither.
 */
export function answerPlainBlob(
  service: Service,
  exchange: Exchange,
  route: BlobRoute,
): boolean | Promise<boolean> {
  const { acceleration, mirror, headers } = service;
  if (acceleration?.isOffered(exchange)) return isLeftToProxy(service, exchange, route);
  const bytes = mirror.heldBlob(route.repository, route.digest);
  if (bytes === undefined) return false;
  exchange.source = 'hit';
  exchange.answer(200, headers.ofHeldBlob(route.digest, bytes), bytes);
  return true;
}

/** @throws RangeNotSatisfiable with the blob's size, which the answer has to name */
async function wantedRange(
  service: Service,
  exchange: NodeExchange,
  { repository, digest }: BlobRoute,
): Promise<ByteRange | undefined> {
  const { headers } = exchange.request;
  if (headers.range === undefined) return undefined;
  const ifRange = headers['if-range'];
  if (!isRangeWanted(typeof ifRange === 'string' ? ifRange : undefined, digest)) return undefined;
  try {
    return parseByteRange(headers.range);
  } catch (error) {
    if (!(error instanceof RangeNotSatisfiable)) throw error;
    const size = await service.mirror.statBlob(repository, digest);
    throw new RangeNotSatisfiable(error.message, size);
  }
}

/**
 * Has the proxy in front, which offers it, send the bytes, where they are in a file; false where they
 * have to be sent from here. It sees the client's `Range` itself; one that the blob has no byte
 * of never gets so far.
 *
 * @throws RangeNotSatisfiable
 */
async function isLeftToProxy(
  { acceleration, mirror, headers }: Service,
  exchange: Exchange,
  { repository, digest }: BlobRoute,
  range?: ByteRange,
): Promise<boolean> {
  const file = await mirror.fileOfBlob(repository, digest);
  const naming = file && acceleration?.naming(file);
  if (file === undefined || naming === undefined) return false;
  const part = range && resolveRange(range, file.size);
  exchange.source = 'hit';
  exchange.leftToProxy = part === undefined ? file.size : part.last - part.first + 1;
  exchange.answer(200, headers.ofFile(digest, naming));
  return true;
}

async function sendBlob(
  service: Service,
  exchange: NodeExchange,
  { digest }: BlobRoute,
  { size, range, source, reader }: ServedBlob,
): Promise<void> {
  exchange.source = source;
  if (exchange.isOver) return;
  const length = range === undefined ? size : range.last - range.first + 1;
  const sender = new ByteSender(reader, exchange, service.pool, length);
  // What is in storage comes at once, and its first bytes share a packet with the headers.
  // Otherwise the client learns at once that there is something to wait for.
  if (source === 'hit') await sender.begin();
  if (exchange.isOver) return;
  exchange.isOpenEnded = length === undefined && exchange.request.httpVersion === '1.0';
  exchange.head(range === undefined ? 200 : 206, service.headers.ofBlob(digest, size, range));
  if (source !== 'hit') exchange.response.flushHeaders();
  await sender.send(service.limits.writeTimeoutMs);
}
