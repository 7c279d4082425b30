import * as assert from 'uvu/assert';

/** Fails if a person who reads this output would see a stack trace. */
export function hasNoStack(output: string): void {
  assert.not.match(output, /^\s+at .+/m);
  assert.not.match(output, /node:internal/);
}

/** Fails if any of these words is in the output, as it is or as it goes over the wire. */
export function isQuietAbout(output: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const form of forms) assert.not.ok(output.includes(form), `the output has ${form}`);
  }
}
