/** Where a value of the configuration came from. Lines and columns count from 1. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'variable'; readonly name: string }
  /** The object that an embedding program gave. */
  | { readonly kind: 'options' }
  | { readonly kind: 'default' };

export const DEFAULT_ORIGIN: Origin = { kind: 'default' };

/** The origin as a person writes it: `config.yml:12:3`, `REGISTRY_HTTP_ADDR`, `options`, `default`. */
export function placeOf(origin: Origin): string {
  if (origin.kind === 'file') return `${origin.file}:${origin.line}:${origin.column}`;
  return origin.kind === 'variable' ? origin.name : origin.kind;
}
