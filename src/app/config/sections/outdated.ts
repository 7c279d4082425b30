import { ignored, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { boolean, text } from '../value-types.ts';

const line = (): Setting => setting(text, { help: 'Option of an error collector.' });
const hidden = (): Setting => setting(text, { secret: true, help: 'Key of an error collector.' });

/** Registry 2.x only. */
export const reporting: Section = section(
  {
    bugsnag: section({ apikey: hidden(), releasestage: line(), endpoint: line() }),
    newrelic: section({
      licensekey: hidden(),
      name: line(),
      verbose: setting(boolean, { help: 'Option of an error collector.' }),
    }),
  },
  { standing: ignored, help: 'Errors, sent to a collector (registry 2.x).' },
);

/** Registry 2.x only. */
export const compatibility: Section = section(
  {
    schema1: section({
      signingkeyfile: setting(text, { variable: 'TRUSTKEY', help: 'Key for schema 1 manifests.' }),
      enabled: setting(boolean, { default: 'false', help: 'Whether schema 1 may be pulled.' }),
    }),
  },
  { standing: ignored, help: 'Old manifests (registry 2.x).' },
);
