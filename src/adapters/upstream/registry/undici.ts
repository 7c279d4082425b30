import { createRequire } from 'node:module';
import type * as undici from 'undici';

/** Where undici, and the copy of it that is Node's `fetch`, keep what they send requests with. */
const GLOBALS: readonly symbol[] = [1, 2].map((n) => Symbol.for(`undici.globalDispatcher.${n}`));

/**
 * undici, loaded when it is first needed and without a trace: by itself it puts a dispatcher of its
 * own behind the `fetch` of the whole process, which a program that embeds the mirror did not ask for.
 */
export function loadUndici(): typeof undici {
  // Node loads its copy when one of its classes is looked at, and that takes its place then.
  void globalThis.Headers;
  const before = GLOBALS.map((name) => Reflect.get(globalThis, name) as unknown);
  const loaded = createRequire(import.meta.url)('undici') as typeof undici;
  for (const [at, name] of GLOBALS.entries()) {
    if (Reflect.get(globalThis, name) !== before[at]) Reflect.set(globalThis, name, before[at]);
  }
  return loaded;
}
