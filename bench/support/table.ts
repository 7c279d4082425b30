import { advantage, medianOf, type Row } from './samples.ts';

/** Medians of every peer, and how many times better the first is than each of the others. */
export function table(rows: readonly Row[], peers: readonly string[]): string {
  const [first = '', ...others] = peers;
  const head = ['', ...peers, ...others.map((other) => `against ${other}`)];
  const body = rows.map((row) => [
    row.metric.label,
    ...peers.map((peer) => row.metric.format(medianOf(row, peer))),
    ...others.map((other) => `${advantage(row, first, other).toPrecision(3)}x`),
  ]);
  return aligned([head, ...body]);
}

/** The first column to the left, the numbers to the right. */
function aligned(cells: readonly (readonly string[])[]): string {
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map((line) =>
    line.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  '),
  );
  return lines.join('\n');
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
