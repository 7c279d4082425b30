import { parseArgs } from 'node:util';
import { CASES } from '../cases/all.ts';
import type { BenchCase, Effort } from '../cases/bench-case.ts';
import { BenchFailure } from './bench-failure.ts';

export interface Options {
  readonly cases: readonly BenchCase[];
  readonly rounds: number;
  readonly effort: Effort;
  /** Where to write every single value, if anywhere. */
  readonly json: string | undefined;
}

const THOROUGH: Effort = { seconds: 2, herd: 20 };
const QUICK: Effort = { seconds: 1, herd: 4 };
/** An even number: each peer is as often the first as the other. */
const ROUNDS = 4;
const MOST_ROUNDS = 100;

/** @throws BenchFailure for a command line that means nothing */
export function readOptions(args: readonly string[]): Options {
  const { rounds, only, quick, json } = parsed(args);
  return {
    cases: chosen(only),
    rounds: rounds === undefined ? (quick ? 1 : ROUNDS) : countOf(rounds),
    effort: quick ? QUICK : THOROUGH,
    json,
  };
}

interface Flags {
  rounds?: string;
  only?: string[];
  quick?: boolean;
  json?: string;
}

function parsed(args: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        json: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new BenchFailure((error as Error).message);
  }
}

function countOf(rounds: string): number {
  const count = Number(rounds);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_ROUNDS) return count;
  throw new BenchFailure(`--rounds takes a number from 1 to ${MOST_ROUNDS}`);
}

function chosen(only: readonly string[] | undefined): readonly BenchCase[] {
  if (only === undefined) return CASES;
  const names = CASES.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown === undefined) return CASES.filter(({ name }) => only.includes(name));
  throw new BenchFailure(`there is no case ${unknown}; there are ${names.join(', ')}`);
}
