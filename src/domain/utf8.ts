/**
 * TextDecoder and TextEncoder belong to every JavaScript host, but not to the ECMAScript library
 * that the domain is compiled with; so their shape is said here.
 */
const host = globalThis as unknown as {
  TextDecoder: new (
    label: string,
    options: { fatal: boolean },
  ) => { decode(b: Uint8Array): string };
  TextEncoder: new () => { encode(text: string): Uint8Array };
};

const decoder = new host.TextDecoder('utf-8', { fatal: true });
const encoder = new host.TextEncoder();

/** The text of UTF-8 bytes; a TypeError if they are none. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
