import { createRequire } from 'node:module';
import type * as zod from 'zod';

/** What zod keeps for all copies of itself in a process. */
const GLOBALS = ['__zod_globalConfig', '__zod_globalRegistry'];

/**
 * zod, loaded without a trace: it makes two globals, which a program that embeds the mirror did not
 * ask for, and which zod itself does without once it is loaded.
 */
function loadZod(): typeof zod {
  const free = GLOBALS.filter((name) => !(name in globalThis));
  try {
    return createRequire(import.meta.url)('zod') as typeof zod;
  } finally {
    for (const name of free) Reflect.deleteProperty(globalThis, name);
  }
}

export const z: typeof zod.z = loadZod().z;
