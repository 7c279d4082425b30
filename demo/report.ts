import { DemoFailure } from './demo-failure.ts';
import type { MirrorProcess } from './mirror-process.ts';
import type { Pull, Step } from './puller.ts';
import { sizeText, timeText } from './units.ts';

/** A request of a pull, and where the mirror had the answer from. */
export interface SourcedStep extends Step {
  source: string;
}

const ORIGIN: Record<string, string> = {
  hit: "the mirror's storage (hit)",
  miss: 'the upstream (miss)',
  joined: "another client's download (joined)",
  stale: "the mirror's storage, unchecked (stale)",
};

/** Joins each request with the line that the mirror's access log, from a position on, has of it. */
export async function withSources(
  { steps }: Pull,
  mirror: MirrorProcess,
  logFrom: number,
): Promise<SourcedStep[]> {
  const found: SourcedStep[] = [];
  for (const step of steps) {
    const { source } = await mirror.request(step.method, step.path, logFrom);
    if (source === undefined) {
      throw new DemoFailure(`the mirror does not log where ${step.what} came from`);
    }
    found.push({ ...step, source });
  }
  return found;
}

/** What came from where, a line for each request and one for the whole. */
export function pullReport(steps: SourcedStep[], ms: number): string {
  const lines = steps.map(({ method, what, bytes, ms: took, source }) => {
    const columns = [method.padEnd(4), what.padEnd(21), sizeText(bytes).padStart(8)];
    return `  ${columns.join('  ')}  ${timeText(took).padStart(7)}  ${ORIGIN[source] ?? source}`;
  });
  const fetched = sizeText(bytesOf(steps.filter(({ source }) => source === 'miss')));
  const total = `${sizeText(bytesOf(steps))} in ${timeText(ms)}, ${fetched} of it from the upstream`;
  return [...lines, `  ${total}`].join('\n');
}

function bytesOf(steps: Step[]): number {
  return steps.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The point of a mirror: the second time, nothing is fetched again. */
export function requireFromStorage(steps: SourcedStep[]): void {
  const fetched = steps.filter(({ method, source }) => method === 'GET' && source !== 'hit');
  if (fetched.length === 0) return;
  const names = fetched.map(({ what }) => what).join(', ');
  throw new DemoFailure(`the second pull should come from storage, but did not: ${names}`);
}
