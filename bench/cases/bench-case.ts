import type { Hub } from '../support/hub.ts';
import type { BenchImage } from '../support/image.ts';

export interface Metric {
  readonly label: string;
  readonly better: 'more' | 'less';
  readonly format: (value: number) => string;
}

/** How long and with how much each measurement is made. */
export interface Effort {
  readonly seconds: number;
  /** How many clients come at once for a cold blob. */
  readonly herd: number;
}

/** One peer, running and with nothing else to do. */
export interface Subject {
  readonly image: BenchImage;
  readonly hub: Hub;
  readonly effort: Effort;
  readonly signal: AbortSignal;
}

export interface BenchCase {
  readonly name: string;
  /** Whether the peer holds the image. A cold one is new for each measurement. */
  readonly store: 'warm' | 'cold';
  readonly metrics: readonly Metric[];
  /** One value for each of the metrics, in their order. */
  measure(subject: Subject): Promise<readonly number[]>;
}
