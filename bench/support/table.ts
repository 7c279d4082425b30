import { advantage, formatted, medianOf, type Row } from './samples.ts';

/** Who is compared with whom, by their names. */
export interface Sides {
  readonly ours: readonly string[];
  readonly others: readonly string[];
}

const RATIO = { format: (ratio: number) => `${ratio.toPrecision(3)}x` };

/** Medians of every peer. */
export function mediansTable(rows: readonly Row[], { ours, others }: Sides): string {
  const peers = [...ours, ...others];
  const body = rows.map((row) => [
    labelOf(row),
    ...peers.map((peer) => formatted(row.metric, medianOf(row, peer))),
  ]);
  return markdown([['', ...peers], ...body]);
}

/** How many times better each of ours is than each of the others, whichever way is better. */
export function ratiosTable(rows: readonly Row[], { ours, others }: Sides): string {
  const pairs = ours.flatMap((own) => others.map((other) => ({ own, other })));
  const body = rows.map((row) => [
    labelOf(row),
    ...pairs.map(({ own, other }) => formatted(RATIO, advantage(row, own, other))),
  ]);
  const compared = body.filter(([, ...cells]) => cells.some((cell) => /\d/.test(cell)));
  const head = ['', ...pairs.map(({ own, other }) => `${own} against ${other}`)];
  return markdown([head, ...compared]);
}

/** A metric that belongs to the one above it is marked as such; Markdown keeps no spaces. */
function labelOf({ metric: { label } }: Row): string {
  return label.replace(/^ +/, '↳ ');
}

/** A table that can be read as it is, too: the first column to the left, the others to the right. */
function markdown(cells: readonly (readonly string[])[]): string {
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(3, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map((line) =>
    line.map((cell, column) => pad(cell, widths[column] ?? 0, column)),
  );
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...body] = lines;
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
