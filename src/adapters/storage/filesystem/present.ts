import fs from 'node:fs';
import { promisify } from 'node:util';
import { isAbsence } from './fs-errors.ts';

const readdir = promisify<string, string[]>((path, done) => fs.readdir(path, done));
const stat = promisify<string, fs.Stats>((path, done) => fs.stat(path, done));

/** The names in a folder; none if there is no such folder. */
export async function namesIn(path: string): Promise<string[]> {
  return (await unlessAbsent(readdir(path))) ?? [];
}

/** What is at a path, links followed; undefined if there is nothing. */
export function statIfThere(path: string): Promise<fs.Stats | undefined> {
  return unlessAbsent(stat(path));
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}
