const LINK = /<([^<>]*)>([^<]*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i;

/** The target of the `rel="next"` among the `Link` headers (RFC 8288), which pages of lists have. */
export function nextLink(headers: readonly string[]): string | undefined {
  for (const [, target = '', params = ''] of headers.join(',').matchAll(LINK)) {
    const [, quoted, bare = ''] = REL.exec(params) ?? [];
    const relations = (quoted ?? bare).toLowerCase().split(/\s+/);
    if (relations.includes('next')) return target;
  }
  return undefined;
}
