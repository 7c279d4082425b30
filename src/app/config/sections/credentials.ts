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
  username: setting(text, { help: 'User name; each account needs one.' }),
  password: setting(text, {
    secret: true,
    help: 'Password or access token; each account needs one.',
  }),
});

export const credentials: Setting<readonly Written[] | undefined> = setting(listOf(account), {
  help: 'Further accounts at the upstream, after `proxy.username`: the next is used when one has used up its pulls.',
});

export function credentialsOf(values: Values): UpstreamCredentials[] {
  const accounts: UpstreamCredentials[] = [];
  for (const { part, value } of values.items(credentials)) {
    const { username, password } = value;
    if (username === undefined || password === undefined) refuseHalf(values, part);
    else accounts.push({ username, password: new Secret(password) });
  }
  return accounts;
}

function refuseHalf(values: Values, part: string): void {
  for (const name of ['username', 'password']) {
    if (values.isPartSet(credentials, `${part}.${name}`)) continue;
    values.partProblem(credentials, part, `needs a ${name}`);
  }
}
