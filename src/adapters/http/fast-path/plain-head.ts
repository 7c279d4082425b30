import type { RequestHead } from '../exchange.ts';

const REQUEST_LINE = /^(GET|HEAD) (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5; what is not of ASCII has no meaning, and is left to Node. */
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;

const END = '\r\n\r\n';

/** Fields that say something about the connection, or that a body follows. */
const NODES_AFFAIR: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads a request of the plainest form: one GET or HEAD of HTTP/1.1, whole, with nothing behind it,
 * no body, and each field once. Undefined for all that is not exactly so, be it right or wrong: that
 * is for a parser that knows all of HTTP.
 */
export function readPlainHead(text: string): RequestHead | undefined {
  if (text.length < END.length || text.indexOf(END) !== text.length - END.length) return undefined;
  const [requestLine = '', ...lines] = text.slice(0, -END.length).split('\r\n');
  const [, method, url] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined) return undefined;
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    if (!addField(headers, line)) return undefined;
  }
  if (headers['host'] === undefined) return undefined;
  return { method, url, headers, httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1 };
}

/** False if it is not as plain as that. */
function addField(headers: Record<string, string>, line: string): boolean {
  const colon = line.indexOf(':');
  if (colon <= 0) return false;
  const written = line.slice(0, colon);
  const value = line.slice(colon + 1);
  if (!TOKEN.test(written) || !FIELD_VALUE.test(value)) return false;
  const name = written.toLowerCase();
  const plain = value.trim();
  const isPersistence = name === 'connection' && plain.toLowerCase() === 'keep-alive';
  if (name in headers || (NODES_AFFAIR.has(name) && !isPersistence)) return false;
  headers[name] = plain;
  return true;
}
