export interface Column {
  readonly title: string;
  /** For numbers: they are compared by their last digits. */
  readonly isRight?: boolean;
}

/** Lines of a table for people: a title over each column, and as much room as its cells need. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, at) => {
    return all.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), 0);
  });
  return all.map((row) => {
    const cells = columns.map(({ isRight = false }, at) => {
      const [cell = '', width = 0] = [row[at], widths[at]];
      return isRight ? cell.padStart(width) : cell.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
}
