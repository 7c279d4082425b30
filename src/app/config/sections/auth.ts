import { listOf, met, refused, section, setting } from '../declare.ts';
import type { Section } from '../schema.ts';
import { boolean, text } from '../value-types.ts';

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

export const auth: Section = section(
  {
    none: section({}, { named: true, standing: met('everyone may pull'), help: 'No check.' }),
    htpasswd: section(
      {
        realm: setting(text, { help: 'Name of the realm.' }),
        path: setting(text, { help: 'Path of the password file.' }),
      },
      { named: true, standing: notYet, help: 'User names and passwords in a file.' },
    ),
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
