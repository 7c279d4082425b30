import { readdir, readFile } from 'node:fs/promises';

/** Linux counts in these, whatever the kernel's own clock is: proc(5), `/proc/PID/stat`. */
const TICKS_PER_SECOND = 100;
const PAGE = 4096;

interface Usage {
  readonly pid: number;
  readonly parent: number;
  /** Of all its threads, in user mode and in the kernel. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** The CPU time of a program with all the processes it has started. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  return (await treeOf(pid)).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** Resident memory of all of them; pages that they share count for each. */
export async function residentBytesOf(pid: number): Promise<number> {
  return (await treeOf(pid)).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
}

async function treeOf(root: number): Promise<Usage[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(names.map((name) => usageOf(Number(name))));
  const all = read.filter((usage) => usage !== undefined);
  const tree = all.filter(({ pid }) => pid === root);
  // Grows while it is walked: a parent is there before its children are looked for.
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; fields are counted from 3 behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      pid,
      parent: field(4),
      cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
      residentBytes: field(24) * PAGE,
    };
  } catch {
    return undefined; // It ended meanwhile.
  }
}
