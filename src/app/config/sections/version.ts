import { setting } from '../declare.ts';
import { quoted } from '../redact.ts';
import type { Setting } from '../schema.ts';
import { text } from '../value-types.ts';
import type { Values } from '../values.ts';

const ONLY = '0.1';

export const version: Setting<string | undefined> = setting(text, {
  help: 'Version of the format, always `0.1`. Required in a file.',
});

/** `source`: the file, which must have a version where the variables alone need none. */
export function checkVersion(values: Values, source: string | undefined): void {
  const written = values.of(version);
  if (written !== undefined && written !== ONLY) {
    values.problem(version, `must be ${ONLY}, not ${quoted(written)}`);
  }
  if (written === undefined && source !== undefined && !values.isSet(version)) {
    values.report.problem(
      { kind: 'file', file: source, line: 1, column: 1 },
      `version is missing; write \`version: ${ONLY}\``,
      'version',
    );
  }
}
