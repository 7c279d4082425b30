/** One way in which a server says it can be convinced (RFC 9110 §11.3). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** `name=value`; values that should be quoted and are not, such as URLs, are taken all the same. */
const PARAM = new RegExp(
  `[\\s,]*(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))(?=\\s*(?:,|$))`,
  'y',
);
/** A scheme, and the token68 that some have in place of parameters (RFC 9110 §11.2). */
const SCHEME = new RegExp(
  `[\\s,]*(${TOKEN})(?=[\\s,]|$)(?:\\s+[A-Za-z0-9._~+/-]+=*(?=\\s*(?:,|$)))?`,
  'y',
);

/**
 * The challenges of all `WWW-Authenticate` headers of an answer (RFC 9110 §11.6.1): a header may
 * hold several, and the comma that parts them also parts their parameters. What cannot be read
 * ends a header; what came before it counts.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(text: string): Challenge[] {
  const found: { scheme: string; params: Map<string, string> }[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const matched = pattern.exec(text);
    if (matched) at = pattern.lastIndex;
    return matched;
  };
  for (;;) {
    const param = found.length > 0 ? match(PARAM) : null;
    if (param) {
      addParam(found.at(-1)?.params, param);
      continue;
    }
    const [, scheme] = match(SCHEME) ?? [];
    if (scheme === undefined) return found;
    found.push({ scheme: scheme.toLowerCase(), params: new Map() });
  }
}

/** A name counts once: the first stands. */
function addParam(params: Map<string, string> | undefined, match: RegExpExecArray): void {
  const [, name = '', quoted, bare = ''] = match;
  const key = name.toLowerCase();
  if (params?.has(key)) return;
  params?.set(key, quoted === undefined ? bare : quoted.replaceAll(/\\(.)/gs, '$1'));
}
