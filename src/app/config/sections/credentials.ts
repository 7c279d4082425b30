import type { UpstreamCredentials } from '../config.ts';
import { itemOf, listOf, setting } from '../declare.ts';
import type { Setting } from '../schema.ts';
import { Secret } from '../secret.ts';
import { text } from '../value-types.ts';
import type { Values } from '../values.ts';

interface Written {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const account = itemOf({
  username: setting(text, { help: 'User name.' }),
  password: setting(text, { secret: true, help: 'Password or access token.' }),
});

export const credentials: Setting<readonly Written[] | undefined> = setting(listOf(account), {
  help: 'Further accounts at the upstream, each with `username` and `password`: the next is used when one has used up its pulls.',
});

export function credentialsOf(values: Values): UpstreamCredentials[] {
  const accounts: UpstreamCredentials[] = [];
  for (const [position, { username, password }] of (values.of(credentials) ?? []).entries()) {
    if (username !== undefined && password !== undefined) {
      accounts.push({ username, password: new Secret(password) });
      continue;
    }
    const missing = username === undefined ? 'username' : 'password';
    values.partProblem(credentials, String(position), `needs a ${missing}`);
  }
  return accounts;
}
