/** Where the bytes of a 206 answer belong (RFC 9110 §14.4). */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  /** The size of the whole, where it is told. */
  readonly size: number | undefined;
}

const CONTENT_RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/i;

export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const [, first, last, size] = CONTENT_RANGE.exec(value?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || Number(last) < Number(first)) return undefined;
  return {
    first: Number(first),
    last: Number(last),
    size: size === undefined ? undefined : Number(size),
  };
}
