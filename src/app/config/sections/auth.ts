import { readHtpasswd } from '../../../adapters/auth/htpasswd-file.ts';
import type { AuthConfig } from '../config.ts';
import { listOf, met, refused, section, setting } from '../declare.ts';
import { reasonOf } from '../file-reason.ts';
import { placeOf } from '../origin.ts';
import { quoted } from '../redact.ts';
import type { Section } from '../schema.ts';
import { boolean, text } from '../value-types.ts';
import type { Values } from '../values.ts';

/** Ignoring it would open to everyone what was meant for some. */
const notYet = refused(
  (key) => `${key} is not supported yet; refusing to start without the protection it asks for`,
);

const token = section(
  {
    realm: setting(text, { help: 'URL of the token service.' }),
    service: setting(text, { help: 'Name of this registry to it.' }),
    issuer: setting(text, { help: 'Name of the token service.' }),
    rootcertbundle: setting(text, { help: 'Path of the certificates that sign tokens.' }),
    jwks: setting(text, { help: 'Path of the keys that sign tokens.' }),
    signingalgorithms: setting(listOf(text), { help: 'Algorithms accepted.' }),
    autoredirect: setting(boolean, { default: 'false', help: 'Realm from the host asked for.' }),
    autoredirectpath: setting(text, { default: '/auth/token/', help: 'Its path.' }),
  },
  { named: true, standing: notYet, help: 'Bearer tokens of a token service.' },
);

const none = section({}, { named: true, standing: met('everyone may pull'), help: 'No check.' });

const realm = setting(text, {
  default: 'kagami',
  help: 'Name of what the password is for, as clients show it.',
});
const path = setting(text, {
  help: 'Path of the password file, as `htpasswd -B` makes it: bcrypt hashes alone count. Read again when it changes.',
});

const htpasswd = section(
  { realm, path },
  { named: true, help: 'User names and passwords in a file. Needs `auth.htpasswd.path`.' },
);

export const auth: Section = section(
  {
    none,
    htpasswd,
    token,
    silly: section(
      {
        realm: setting(text, { help: 'Name of the realm.' }),
        service: setting(text, { help: 'Name of the service.' }),
      },
      { named: true, standing: notYet, help: "The registry's own test of authentication." },
    ),
  },
  { goMap: true, nameOnly: true, strict: true, help: 'Who may pull: one kind.' },
);

export function authOf(values: Values): AuthConfig {
  if (!values.isSet(htpasswd)) return { kind: 'none' };
  if (values.isSet(none)) {
    const place = `(${placeOf(values.origin(none))})`;
    values.problem(htpasswd, `is a second kind beside ${values.keyOf(none)} ${place}; keep one`);
  }
  const [name, file] = [values.of(realm), values.of(path)];
  if (!/^[ -~]+$/.test(name)) {
    values.problem(realm, `must be printable ASCII, not ${quoted(name)}`);
  }
  if (file !== undefined) checkFile(values, file);
  else if (!values.isSet(path)) values.problem(htpasswd, 'needs a path, that of the password file');
  return { kind: 'htpasswd', realm: name, path: file ?? '' };
}

function checkFile(values: Values, file: string): void {
  try {
    const { users, faults } = readHtpasswd(file);
    for (const { line, sentence } of faults)
      values.report.warn(`${file}:${line}: the line ${sentence}.`);
    if (users.size === 0)
      values.report.warn(`${file} lets nobody in: no line of it has a bcrypt hash.`);
  } catch (error) {
    const make = `make it with \`htpasswd -cB ${file} NAME\``;
    values.problem(path, `names ${file}, which cannot be read: ${reasonOf(error)}; ${make}`);
  }
}
