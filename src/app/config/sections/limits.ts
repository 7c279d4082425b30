import type { LimitsConfig } from '../config.ts';
import { section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { limit, wholeNumber } from '../value-types.ts';
import type { Values } from '../values.ts';

const headerbytes = setting(wholeNumber, {
  default: '16384',
  help: 'Largest request line and headers together, in bytes: from 1024 to 1048576.',
});
const headertimeout = setting(limit, {
  default: '20s',
  help: 'How long a client may take to send its headers.',
});
const idletimeout = setting(limit, {
  default: '75s',
  help: 'How long an idle connection is kept; longer than a load balancer in front keeps it.',
});
const writetimeout = setting(limit, {
  default: '5m',
  help: 'How long a client may take no byte of what is sent to it.',
});
const connections = setting(wholeNumber, {
  default: '10000',
  help: 'Most connections at a time; `0` for any number.',
});
const transfers = setting(wholeNumber, {
  default: '64',
  help: 'Most downloads from the upstream at a time; further ones wait.',
});

export const limits: Section = section(
  { headerbytes, headertimeout, idletimeout, writetimeout, connections, transfers },
  { help: 'What clients may cost.' },
);

export function limitsOf(values: Values): LimitsConfig {
  return {
    headerBytes: between(values, headerbytes, 1024, 1024 * 1024),
    headerTimeoutMs: values.of(headertimeout),
    idleTimeoutMs: values.of(idletimeout),
    writeTimeoutMs: values.of(writetimeout),
    connections: between(values, connections, 0, 1_000_000),
    transfers: between(values, transfers, 1, 10_000),
  };
}

function between(values: Values, field: Setting<number>, least: number, most: number): number {
  const value = values.of(field);
  if (value < least || value > most) values.problem(field, `must be from ${least} to ${most}`);
  return value;
}
