import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Part of every Linux; Node has no call for it. */
const UNMOUNT = 'umount';

/** Takes away every mount below a directory: what a container runtime that was killed leaves. */
export function unmountBelow(directory: string): void {
  const table = readFileSync('/proc/self/mountinfo', 'utf8');
  // https://www.kernel.org/doc/Documentation/filesystems/proc.txt, section 3.5
  const places = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  const below = places.filter((place) => place.startsWith(`${directory}/`));
  // Those within others were mounted later.
  for (const place of below.toReversed()) spawnSync(UNMOUNT, ['-l', place]);
}
