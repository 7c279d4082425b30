import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { BenchFailure } from './bench-failure.ts';
import { ACCEPT } from './image.ts';

const CONNECTIONS = 64;

/** Of what failed, in characters. */
const LONGEST_SHOWN = 200;

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
  const args = [...load, '-H', `Accept: ${ACCEPT}`, ...targets(url)];
  const child = spawn('wrk', args, { signal, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const [report] = await Promise.all([text(child.stdout), ended]);
  return readReport(String(url).slice(0, LONGEST_SHOWN), report);
}

function targets(url: string | readonly string[]): readonly string[] {
  if (typeof url === 'string') return [url];
  const [first = ''] = url;
  return ['-s', IN_TURN, first, '--', ...url.map((each) => new URL(each).pathname)];
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
