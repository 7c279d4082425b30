import { execFile } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { PeerKind } from '../peers/peer.ts';

const run = promisify(execFile);

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()} ${arch()}`,
    node: process.version,
  };
}

/** The version number in the first line that a peer prints about itself. */
export async function versionOf({ versionCommand }: PeerKind): Promise<string> {
  const [program, ...args] = versionCommand;
  const { stdout, stderr } = await run(program, args);
  const [line = ''] = (stdout || stderr).split('\n');
  return /\d+\.\d\S*/.exec(line)?.[0] ?? line;
}
