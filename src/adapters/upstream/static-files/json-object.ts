import { decodeUtf8 } from '../../../domain/utf8.ts';

/** The JSON object that the bytes are, or undefined if they are none. */
export function jsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(decodeUtf8(bytes)));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}
