import { logfmtFields } from './logfmt.ts';

/** One answered request. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  /** Bytes that the proxy in front was told to send. */
  readonly leftToProxy: number | undefined;
  readonly durationMs: number;
  readonly source: string | undefined;
  readonly client: string | undefined;
  readonly aborted: boolean;
  readonly error: unknown;
}

/** Makes the log line of a request. */
export type RequestLine = (request: AnsweredRequest) => string;

/**
 * The lines that the logger would make of a request at level `info`, in a third of the time: one for
 * each request is the dearest part of answering from memory. A test holds them to the logger's.
 *
 * @param fields what the configuration adds to each line
 */
export function requestLine(
  formatter: 'text' | 'json',
  fields: Readonly<Record<string, unknown>>,
): RequestLine {
  const now = clockFace();
  return formatter === 'json' ? jsonLine(now, fields) : textLine(now, fields);
}

function textLine(now: () => string, fields: Readonly<Record<string, unknown>>): RequestLine {
  const more = logfmtFields(fields);
  return (request) => {
    const { method, path, status, bytes, leftToProxy, durationMs, source, client, aborted } =
      request;
    const message = JSON.stringify(`${method} ${path}`);
    let line = `time="${now()}" level=info msg=${message}${more} status=${status} bytes=${bytes}`;
    if (leftToProxy !== undefined) line += ` leftToProxy=${leftToProxy}`;
    line += ` ms=${tenths(durationMs)}`;
    if (source !== undefined) line += ` source=${source}`;
    if (client !== undefined) line += ` client=${client}`;
    return aborted ? `${line} aborted=true\n` : `${line}\n`;
  };
}

function jsonLine(now: () => string, fields: Readonly<Record<string, unknown>>): RequestLine {
  const more = JSON.stringify(fields).slice(1, -1);
  const start = more === '' ? '' : `,${more}`;
  return (request) => {
    const { method, path, status, bytes, leftToProxy, durationMs, source, client, aborted } =
      request;
    let line = `{"level":"info","time":"${now()}"${start},"status":${status},"bytes":${bytes}`;
    if (leftToProxy !== undefined) line += `,"leftToProxy":${leftToProxy}`;
    line += `,"ms":${tenths(durationMs)}`;
    if (source !== undefined) line += `,"source":"${source}"`;
    if (client !== undefined) line += `,"client":"${client}"`;
    if (aborted) line += ',"aborted":true';
    return `${line},"msg":${JSON.stringify(`${method} ${path}`)}}\n`;
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The time of day as text, made once for each millisecond. */
function clockFace(): () => string {
  let shownMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== shownMs) {
      shownMs = nowMs;
      text = new Date(nowMs).toISOString();
    }
    return text;
  };
}
