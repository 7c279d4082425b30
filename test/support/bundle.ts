import { fileURLToPath } from 'node:url';
import { run } from './program.ts';

const BUILD = fileURLToPath(new URL('../../tools/build.ts', import.meta.url));

/** What `npm run build` leaves in `dist`, but for the types, made of the sources of this moment. */
export async function bundleInto(folder: string): Promise<void> {
  await run(process.execPath, ['--import', 'tsx', BUILD, folder]);
}
