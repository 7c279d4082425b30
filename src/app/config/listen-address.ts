/** An address to listen on; no `host` means all interfaces. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

const HIGHEST_PORT = 65_535;
/** `:5000`, `host:5000` or `[::1]:5000`: a colon in the host needs brackets, as in Go. */
const ADDRESS = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:/[\]]*)):(\d{1,5})$/i;

/** Reads an address as Go's `net.Listen` takes it; `undefined` if it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = ADDRESS.exec(text);
  if (!match) return undefined;
  const port = Number(match[3]);
  if (port > HIGHEST_PORT) return undefined;
  const host = match[1] ?? match[2];
  return host === undefined || host === '' ? { port } : { host, port };
}
