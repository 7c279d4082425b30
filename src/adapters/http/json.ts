import type { Exchange } from './exchange.ts';
import type { Service } from './service.ts';

/** `type` goes without parameters, since clients compare it as a whole. */
export function answerJson(
  service: Service,
  exchange: Exchange,
  value: unknown,
  more: readonly string[] = [],
  type: string = 'application/json',
): void {
  const body = Buffer.from(JSON.stringify(value));
  const length = String(body.length);
  const headers = service.headers.with('Content-Type', type, 'Content-Length', length, ...more);
  exchange.answer(200, headers, body);
}
