import type { Report } from './messages.ts';
import { TestProcess } from './test-process.ts';

export interface TestFiles {
  readonly folder: string;
  /** Relative to the folder. */
  readonly files: readonly string[];
  /** How many run at a time. */
  readonly processes: number;
  /** How long a process may say nothing before it is ended. */
  readonly silentMs?: number;
}

/** Runs the files, and shows what comes of each as soon as it is known. */
export async function runFiles(
  { folder, files, processes, silentMs }: TestFiles,
  show: (report: Report) => void,
): Promise<void> {
  const left = [...files];
  const runSome = async (next: () => string | undefined): Promise<void> => {
    let runner: TestProcess | undefined;
    for (let file = next(); file !== undefined; file = next()) {
      runner ??= new TestProcess(silentMs);
      show(await runner.run(folder, file));
      if (runner.hasEnded) runner = undefined;
    }
    if (runner !== undefined) show(await runner.end());
  };
  // From both ends: what is alike, and as heavy, has names that are alike, and should not all run at once.
  const lanes = Array.from({ length: processes }, (_, lane) => {
    return runSome(() => (lane % 2 === 0 ? left.shift() : left.pop()));
  });
  await Promise.all(lanes);
}
