import { parseArgs } from 'node:util';
import { CASES } from '../cases/all.ts';
import type { BenchCase, Effort } from '../cases/bench-case.ts';
import { BenchFailure } from './bench-failure.ts';

export interface Options {
  readonly cases: readonly BenchCase[];
  readonly rounds: number;
  readonly effort: Effort;
  /** Everything, with all effort: what results that are kept are made of. */
  readonly whole: boolean;
  /** Where to write every single value, if anywhere. */
  readonly json: string | undefined;
}

const MB = 1_000_000;

const THOROUGH: Effort = {
  seconds: 2,
  herd: 20,
  crowd: 100,
  shared: 40,
  slowClients: 500,
  images: 100_000,
  slowHub: 32 * MB,
};
const QUICK: Effort = {
  seconds: 1,
  herd: 4,
  crowd: 8,
  shared: 8,
  slowClients: 50,
  images: 1_000,
  slowHub: 100 * MB,
};
/** An even number: each peer is as often among the first as among the last. */
const ROUNDS = 4;
const MOST_ROUNDS = 100;

/** @throws BenchFailure for a command line that means nothing */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const { rounds, quick = false, json } = values;
  return {
    cases: chosen(positionals),
    rounds: rounds === undefined ? (quick ? 1 : ROUNDS) : countOf(rounds),
    effort: quick ? QUICK : THOROUGH,
    whole: positionals.length === 0 && !quick,
    json,
  };
}

interface Parsed {
  readonly values: { rounds?: string; quick?: boolean; json?: string };
  readonly positionals: readonly string[];
}

function parsed(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BenchFailure((error as Error).message);
  }
}

function countOf(rounds: string): number {
  const count = Number(rounds);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_ROUNDS) return count;
  throw new BenchFailure(`--rounds takes a number from 1 to ${MOST_ROUNDS}`);
}

function chosen(wanted: readonly string[]): readonly BenchCase[] {
  if (wanted.length === 0) return CASES;
  const names = CASES.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return CASES.filter(({ name }) => wanted.includes(name));
  throw new BenchFailure(`there is no case ${unknown}; there are ${names.join(', ')}`);
}
