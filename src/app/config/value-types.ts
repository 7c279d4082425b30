import { availableParallelism } from 'node:os';
import type { ZodType } from 'zod';
import { ByteSizeInvalid, parseByteSize } from '../../domain/upkeep/byte-size.ts';
import { parseGoDuration } from './go-duration.ts';
import type { Scalar } from './schema.ts';
import { z } from './zod/zod.ts';

const YES = ['true', 'yes', 'on', 'y'];
/** More would be a mistake. */
const MOST_PROCESSES = 256;
const NO = ['false', 'no', 'off', 'n'];

function scalar<T>(name: string, expected: string, type: ZodType<T, string>): Scalar<T> {
  return { kind: 'scalar', name, expected, type };
}

export const text: Scalar<string> = scalar('text', 'text', z.string());

/** How much room something may take; `parseByteSize` says what is wrong with one. */
export const size: Scalar<string> = scalar('size', 'a size such as `200GiB` or `80%`', z.string());

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

/** A number of processes; `auto` is one for each processor that this process may use. */
export const processes: Scalar<number> = scalar(
  'whole number or `auto`',
  'a whole number from 1 up, or `auto`',
  z
    .string()
    .regex(/^(auto|\d+)$/i)
    .transform((written) => (/\d/.test(written) ? Number(written) : availableParallelism()))
    .refine((count) => count >= 1 && count <= MOST_PROCESSES),
);

const byteCount = z.string().transform((written, context) => {
  try {
    const parsed = parseByteSize(written);
    if (parsed.kind === 'bytes') return parsed.bytes;
  } catch (error) {
    if (!(error instanceof ByteSizeInvalid)) throw error;
  }
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** So many bytes, and no share of anything. */
export const bytes: Scalar<number> = scalar(
  'bytes',
  'a number of bytes such as `10GiB`',
  byteCount,
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

const NOT_NEGATIVE = 'a duration of 0 or more, such as `90s`, `1h30m` or `500ms`';
const notNegative = goDuration.refine((milliseconds) => milliseconds >= 0);

/** A length of time that is compared with others and never waited for, in milliseconds. */
export const age: Scalar<number> = scalar('duration', NOT_NEGATIVE, notNegative);

/**
 * 24 days. A timer of Node's that is to go off after 25 goes off at once: it counts milliseconds in
 * 31 bits.
 */
const LONGEST_WAIT_MS = 24 * 24 * 3_600_000;

/** A length of time that is waited for, in milliseconds; nobody sees the end of the longest one. */
export const wait: Scalar<number> = scalar(
  'duration',
  NOT_NEGATIVE,
  notNegative.transform((milliseconds) => Math.min(milliseconds, LONGEST_WAIT_MS)),
);

/** How long others may take; in whole milliseconds, for Node's HTTP server refuses any other. */
export const limit: Scalar<number> = scalar(
  'duration',
  'a duration of `1ms` or more, such as `90s`, `1h30m` or `500ms`',
  goDuration
    .refine((milliseconds) => milliseconds >= 1)
    .transform((milliseconds) => Math.min(Math.ceil(milliseconds), LONGEST_WAIT_MS)),
);

/** One of some words, in any case, as the registry reads its log level. */
export function oneOf<const W extends string>(...words: readonly [W, ...W[]]): Scalar<W> {
  const list = words.map((word) => `\`${word}\``).join(', ');
  return scalar(list, `one of ${list}`, z.string().toLowerCase().pipe(z.enum(words)));
}
