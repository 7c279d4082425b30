import type { BenchCase, Metric } from '../cases/bench-case.ts';
import { median } from './statistics.ts';

/** All values of one metric: those of each peer, by its name. */
export interface Row {
  readonly case: string;
  readonly metric: Metric;
  readonly samples: ReadonlyMap<string, readonly number[]>;
}

/** What was measured, in the order of cases and metrics. */
export class Samples {
  readonly #rows: { case: string; metric: Metric; samples: Map<string, number[]> }[] = [];

  constructor(cases: readonly BenchCase[]) {
    for (const { name, metrics } of cases) {
      for (const metric of metrics) this.#rows.push({ case: name, metric, samples: new Map() });
    }
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Adds one value for each metric of the case. */
  add({ name }: BenchCase, peer: string, values: readonly number[]): void {
    const rows = this.#rows.filter((row) => row.case === name);
    for (const [index, { samples }] of rows.entries()) {
      const value = values[index] ?? Number.NaN;
      samples.set(peer, [...(samples.get(peer) ?? []), value]);
    }
  }
}

const NOTHING = '-';

/** A value that is not there is told as such. */
export function formatted({ format }: Pick<Metric, 'format'>, value: number = Number.NaN): string {
  return Number.isFinite(value) ? format(value) : NOTHING;
}

export function medianOf({ samples }: Row, peer: string): number {
  return median(samples.get(peer) ?? []);
}

/** How many times better the first peer is than another, whichever way is better. */
export function advantage(row: Row, first: string, other: string): number {
  const ratio = medianOf(row, first) / medianOf(row, other);
  return row.metric.better === 'more' ? ratio : 1 / ratio;
}
