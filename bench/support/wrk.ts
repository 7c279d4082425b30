import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { BenchFailure } from './bench-failure.ts';
import { ACCEPT } from './image.ts';

const CONNECTIONS = 64;

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

/** Has wrk ask for the paths that it is given, in turn. */
const IN_TURN = fileURLToPath(new URL('in-turn.lua', import.meta.url));

/**
 * Requests for so many whole seconds, over 64 connections from one thread.
 *
 * @param url of one thing, or of several on one server, which are asked for in turn
 */
export async function wrk(
  url: string | readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<Load> {
  const load = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s'];
  const urls = [url].flat();
  const args = [...load, '-H', `Accept: ${ACCEPT}`, ...targets(urls)];
  const child = spawn('wrk', args, { signal, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const [report] = await Promise.all([text(child.stdout), ended]);
  return readReport(urls[0] ?? '', report);
}

/** What follows wrk's own options. */
function targets(urls: readonly string[]): readonly string[] {
  const [first = '', second] = urls;
  if (second === undefined) return [first];
  return ['-s', IN_TURN, first, '--', ...urls.map((url) => new URL(url).pathname)];
}

/** A load of which a part failed says nothing. */
function readReport(url: string, report: string): Load {
  const failed = /^.*(?:Non-2xx|Socket errors).*$/m.exec(report);
  if (failed) throw new BenchFailure(`${url}: ${failed[0].trim()}`);
  const [, requests] = /^\s*(\d+) requests in/m.exec(report) ?? [];
  const [, perSecond] = /^Requests\/sec:\s*([\d.]+)/m.exec(report) ?? [];
  if (!requests || !perSecond) throw new BenchFailure(`wrk said something else: ${report}`);
  return { requests: Number(requests), perSecond: Number(perSecond) };
}
