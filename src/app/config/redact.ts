const LONGEST = 80;

/** A value as a message may show it: one line, not too long, without user info. */
export function quoted(text: string): string {
  const shown = withoutUserInfo(text);
  return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST)}...` : shown);
}

/**
 * Up to the last `@`, because an unencoded password may hold one itself; and with or without a
 * scheme, because a forgotten scheme is one of the mistakes this is shown for.
 */
function withoutUserInfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1[redacted]@');
}

/** A URL without the user info in it; any other text as it is. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1[redacted]@');
}
