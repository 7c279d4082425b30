import type { LogConfig, LogLevel } from '../config.ts';
import { anything, ignored, listOf, mapOf, section, setting } from '../declare.ts';
import type { Scalar, Section, Setting } from '../schema.ts';
import { boolean, oneOf, text } from '../value-types.ts';
import type { Values } from '../values.ts';

type WrittenLevel = LogLevel | 'warning' | 'fatal' | 'panic' | 'trace';

/** The registry takes the first four; the rest are logrus's own words for more of the same. */
const { name, expected } = oneOf('error', 'warn', 'info', 'debug');
const LEVELS: Scalar<WrittenLevel> = {
  ...oneOf('error', 'warn', 'info', 'debug', 'warning', 'fatal', 'panic', 'trace'),
  name,
  expected,
};

const LEVEL_OF: Readonly<Record<WrittenLevel, LogLevel>> = {
  panic: 'error',
  fatal: 'error',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
};

export const level: Setting<WrittenLevel> = setting(LEVELS, {
  default: 'info',
  help: 'Least grave kind of line that is logged.',
});
const formatter = setting(oneOf('text', 'json', 'logstash'), {
  default: 'text',
  help: 'Form of a line; `logstash` gives `json`.',
});
const fields = setting(mapOf(anything), { help: 'Fields added to each line.' });
const disabled = setting(boolean, { default: 'false', help: 'No line for each request.' });

/** The old name of `log.level`, which wins over it. */
export const loglevel: Setting<WrittenLevel | undefined> = setting(LEVELS, {
  help: 'Old name of `log.level`, used where that is not set.',
});

const hook = section({
  disabled: setting(boolean, { help: '' }),
  type: setting(text, { help: '' }),
  levels: setting(listOf(text), { help: '' }),
  options: section(
    {
      smtp: section({
        addr: setting(text, { help: '' }),
        username: setting(text, { help: '' }),
        password: setting(text, { secret: true, help: '' }),
        insecure: setting(boolean, { help: '' }),
      }),
      from: setting(text, { help: '' }),
      to: setting(listOf(text), { help: '' }),
    },
    { variable: 'MAILOPTIONS' },
  ),
});

export const log: Section = section(
  {
    level,
    formatter,
    fields,
    accesslog: section({ disabled }),
    reportcaller: setting(boolean, {
      default: 'false',
      standing: ignored,
      help: 'Name of the function in each line.',
    }),
    hooks: setting(listOf(hook), { standing: ignored, help: 'Mail on grave lines.' }),
  },
  { help: 'What is logged, and how.' },
);

export function logOf(values: Values): LogConfig {
  const old = values.isSet(level) ? undefined : values.of(loglevel);
  return {
    level: LEVEL_OF[old ?? values.of(level)],
    formatter: values.of(formatter) === 'text' ? 'text' : 'json',
    fields: values.of(fields) ?? {},
    accessLog: !values.of(disabled),
  };
}
