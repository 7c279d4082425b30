/** What zod keeps for all copies of itself in a process. */
const GLOBALS: readonly string[] = ['__zod_globalConfig', '__zod_globalRegistry'];

const free = GLOBALS.filter((name) => !(name in globalThis));

/** Removes of it what was not there before zod was loaded. */
export function clearGlobals(): void {
  for (const name of free) Reflect.deleteProperty(globalThis, name);
}
