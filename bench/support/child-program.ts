import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BenchFailure } from './bench-failure.ts';

export type Command = readonly [program: string, ...args: string[]];

const STOPS_WITHIN_MS = 5_000;
const KEPT_COMPLAINT = 2_000;

export interface ChildProgram {
  readonly process: ChildProcess;
  /** Throws, with the end of what it wrote to standard error, if it runs no more. */
  mustRun(): void;
  /** Makes it stop at once, and waits for its end. */
  kill(): Promise<void>;
  /** Asks it to stop, makes it stop if it does not, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * A program that runs beside the benchmark. Of the environment it gets only what programs cannot do
 * without: a proxy or a registry's setting there would change what is measured.
 */
export function startProgram(command: Command, stdout: 'ignore' | 'pipe'): ChildProgram {
  const [program, ...args] = command;
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const options: SpawnOptions = { env, stdio: ['ignore', stdout, 'pipe'] };
  const child = spawn(program, args, options);
  let complaint = '';
  child.on('error', (error) => {
    complaint = error.message;
  });
  child.stderr?.on('data', (text) => {
    complaint = `${complaint}${String(text)}`.slice(-KEPT_COMPLAINT);
  });
  return {
    process: child,
    mustRun: () => {
      if (hasEnded(child)) throw new BenchFailure(`${program} has ended: ${complaint.trim()}`);
    },
    kill: () => kill(child),
    stop: () => stop(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}
