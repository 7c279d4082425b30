/** Values that need no quotes in logfmt, as logrus writes them. */
const PLAIN = /^[\w.:/@^+-]+$/;

/**
 * A log line for people, in the form that the CNCF registry writes (logrus text: logfmt with time,
 * level and message first), from the JSON line that the logger makes.
 */
export function logfmt(jsonLine: string): string {
  const { time, level, msg, ...fields } = JSON.parse(jsonLine) as Record<string, unknown>;
  return `time=${quoted(time)} level=${String(level)} msg=${quoted(msg)}${logfmtFields(fields)}\n`;
}

/** Each field with a space before it. */
export function logfmtFields(fields: Readonly<Record<string, unknown>>): string {
  let all = '';
  for (const [key, value] of Object.entries(fields)) all += ` ${key}=${text(value)}`;
  return all;
}

function text(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string' && PLAIN.test(value)) return value;
  return quoted(value);
}

function quoted(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
}
