import { execFile } from 'node:child_process';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { PeerKind } from '../peers/peer.ts';

const run = promisify(execFile);

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** How much ran in the last minute; above 1, something else wanted the machine as well. */
  readonly load: number;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${release()} ${arch()}`,
    node: process.version,
    load: loadavg()[0] ?? Number.NaN,
  };
}

/** The version number in the first line that a peer prints about itself. */
export async function versionOf({ versionCommand }: PeerKind): Promise<string> {
  const [program, ...args] = versionCommand;
  const { stdout, stderr } = await run(program, args);
  const [line = ''] = (stdout || stderr).split('\n');
  return /\d+\.\d\S*/.exec(line)?.[0] ?? line;
}
