import { z } from 'zod';
import { parseGoDuration } from './go-duration.ts';
import type { Scalar } from './schema.ts';

const YES = ['true', 'yes', 'on', 'y'];
const NO = ['false', 'no', 'off', 'n'];

function scalar<T>(name: string, expected: string, type: z.ZodType<T, string>): Scalar<T> {
  return { kind: 'scalar', name, expected, type };
}

export const text: Scalar<string> = scalar('text', 'text', z.string());

/** With the words of YAML 1.1, which the registry's decoder (go.yaml.in/yaml/v2) takes. */
export const boolean: Scalar<boolean> = scalar(
  'boolean',
  '`true` or `false`',
  z.stringbool({ truthy: YES, falsy: NO }),
);

export const wholeNumber: Scalar<number> = scalar(
  'whole number',
  'a whole number',
  z
    .string()
    .regex(/^[-+]?\d+$/)
    .transform(Number)
    .refine(Number.isSafeInteger),
);

const goDuration = z.string().transform((written, context) => {
  const milliseconds = parseGoDuration(written);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** A length of time, in milliseconds; negative ones mean "never" to some of the registry's keys. */
export const duration: Scalar<number> = scalar(
  'duration',
  'a duration such as `90s`, `1h30m` or `500ms`',
  goDuration,
);

/** A length of time that can be waited for, in milliseconds. */
export const wait: Scalar<number> = scalar(
  'duration',
  'a duration of 0 or more, such as `90s`, `1h30m` or `500ms`',
  goDuration.refine((milliseconds) => milliseconds >= 0),
);

/** One of some words, in any case, as the registry reads its log level. */
export function oneOf<const W extends string>(...words: readonly [W, ...W[]]): Scalar<W> {
  const list = words.map((word) => `\`${word}\``).join(', ');
  return scalar(list, `one of ${list}`, z.string().toLowerCase().pipe(z.enum(words)));
}
