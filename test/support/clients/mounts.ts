import { readFile } from 'node:fs/promises';
import { run } from '../program.ts';

/** Takes away every mount below a directory: what a container runtime that was killed leaves. */
export async function unmountBelow(directory: string): Promise<void> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  // https://www.kernel.org/doc/Documentation/filesystems/proc.txt, section 3.5
  const places = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  const below = places.filter((place) => place.startsWith(`${directory}/`));
  // Those within others were mounted later.
  for (const place of below.toReversed()) await run('umount', ['-l', place]);
}
