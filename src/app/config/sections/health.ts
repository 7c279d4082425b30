import { ignored, listOf, mapOf, section, setting } from '../declare.ts';
import type { Field, Section } from '../schema.ts';
import { boolean, duration, text, wholeNumber } from '../value-types.ts';

function checker(fields: Record<string, Field>): Section {
  return section({
    ...fields,
    interval: setting(duration, { help: 'Time between checks.' }),
    threshold: setting(wholeNumber, { help: 'Failures in a row that count.' }),
  });
}

const file = checker({ file: setting(text, { help: 'Unhealthy while it exists.' }) });
const tcp = checker({
  timeout: setting(duration, { help: 'How long a check may take.' }),
  addr: setting(text, { help: 'Address to connect to.' }),
});
const http = checker({
  timeout: setting(duration, { help: 'How long a check may take.' }),
  statuscode: setting(wholeNumber, { help: 'Status expected.' }),
  uri: setting(text, { help: 'URL to ask.' }),
  headers: setting(mapOf(listOf(text)), { secret: true, help: 'Headers sent.' }),
});

/** The lists are named otherwise in Go, so their variables are `REGISTRY_HEALTH_FILECHECKERS_0_FILE`. */
export const health: Section = section(
  {
    storagedriver: section(
      {
        enabled: setting(boolean, { default: 'false', help: 'Whether the storage is checked.' }),
        interval: setting(duration, { default: '10s', help: 'Time between checks.' }),
        threshold: setting(wholeNumber, { default: '1', help: 'Failures in a row that count.' }),
      },
      { standing: ignored, help: 'Checks of the storage.' },
    ),
    file: setting(listOf(file), { standing: ignored, variable: 'FILECHECKERS', help: 'Files.' }),
    http: setting(listOf(http), { standing: ignored, variable: 'HTTPCHECKERS', help: 'URLs.' }),
    tcp: setting(listOf(tcp), { standing: ignored, variable: 'TCPCHECKERS', help: 'Ports.' }),
  },
  { help: 'What is checked for health.' },
);
