/** Long enough for a machine that is busy with other tests, and shorter than a test may take. */
const PATIENCE_MS = 60_000;

/** Waits until a condition holds that nobody announces. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  what: string = 'it came about',
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
