import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { BenchFailure } from './bench-failure.ts';
import { ACCEPT } from './image.ts';

const CONNECTIONS = 64;

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
}

/** Requests of one URL for so many whole seconds, over 64 connections from one thread. */
export async function wrk(url: string, seconds: number, signal: AbortSignal): Promise<Load> {
  const load = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '10s'];
  const args = [...load, '-H', `Accept: ${ACCEPT}`, url];
  const child = spawn('wrk', args, { signal, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const [report] = await Promise.all([text(child.stdout), ended]);
  return readReport(url, report);
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
