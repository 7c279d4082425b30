import type { Mirror } from '../../domain/ports/mirror.ts';
import type { SharedTransfers } from '../../domain/ports/shared-transfers.ts';
import type { Acceleration } from './acceleration.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { AnswerHeaders } from './headers.ts';
import type { HttpLimits, HttpOptions } from './options.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What every kind of answer is made with. */
export interface Service {
  readonly mirror: Mirror;
  readonly shared: SharedTransfers;
  readonly options: HttpOptions;
  readonly limits: HttpLimits;
  readonly headers: AnswerHeaders;
  readonly pool: BufferPool;
  readonly proxies: TrustedProxies;
  readonly acceleration: Acceleration | undefined;
}
