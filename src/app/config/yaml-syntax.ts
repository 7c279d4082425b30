import type { ErrorCode } from 'yaml';

/**
 * Our own sentences for what is not YAML: those of the yaml package quote the source, which may
 * hold a password.
 */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'this alias names no anchor above it; a text that starts with `*` must be quoted',
  BAD_DQ_ESCAPE: 'a double-quoted text holds a backslash that escapes nothing',
  BAD_INDENT: 'the indentation does not fit the lines around it, or a bracket is not closed',
  BAD_SCALAR_START: 'a text that starts with `@`, `` ` ``, `%` or the like must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a key and its section cannot stand on one line',
  MISSING_CHAR: 'a quote, bracket, colon or comma is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line and end with a colon',
  MULTIPLE_DOCS: 'one document is expected, so `---` may only stand at the top',
  TAB_AS_INDENT: 'YAML is indented with spaces, not with tabs',
};

/** Why something is not YAML, in a sentence that quotes nothing of it. */
export function syntaxSentence(code: ErrorCode): string {
  return `not valid YAML: ${SENTENCES[code] ?? code.toLowerCase().replaceAll('_', ' ')}`;
}
