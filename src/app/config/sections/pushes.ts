import { anything, ignored, listOf, mapOf, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { boolean, duration, oneOf, text, wholeNumber } from '../value-types.ts';

const endpoint = section({
  name: setting(text, { help: 'Name of the endpoint.' }),
  disabled: setting(boolean, { help: 'Whether nothing is sent.' }),
  url: setting(text, { help: 'Where events are sent.' }),
  headers: setting(mapOf(listOf(text)), { secret: true, help: 'Headers sent.' }),
  timeout: setting(duration, { help: 'How long sending may take.' }),
  threshold: setting(wholeNumber, { help: 'Failures in a row that count.' }),
  backoff: setting(duration, { help: 'Wait after them.' }),
  ignoredmediatypes: setting(listOf(text), { help: 'Media types of no interest.' }),
  ignore: section({
    mediatypes: setting(listOf(text), { help: 'Media types of no interest.' }),
    actions: setting(listOf(text), { help: 'Actions of no interest.' }),
  }),
});

export const notifications: Section = section(
  {
    events: section(
      { includereferences: setting(boolean, { help: 'References in manifest events.' }) },
      { variable: 'EVENTCONFIG' },
    ),
    endpoints: setting(listOf(endpoint), { help: 'Where events are sent.' }),
  },
  { standing: ignored, help: 'Events of pushes and pulls, sent to others.' },
);

const platform = section({
  architecture: setting(text, { help: 'Architecture.' }),
  os: setting(text, { help: 'Operating system.' }),
});

export const validation: Section = section(
  {
    enabled: setting(boolean, { help: 'Old opposite of `disabled`.' }),
    disabled: setting(boolean, { default: 'false', help: 'No validation.' }),
    manifests: section({
      urls: section({
        allow: setting(listOf(text), { help: 'Patterns of URLs that may be.' }),
        deny: setting(listOf(text), { help: 'Patterns of URLs that may not be.' }),
      }),
      indexes: section({
        platforms: setting(oneOf('all', 'none', 'list'), { help: 'Platforms that must be there.' }),
        platformlist: setting(listOf(platform), { help: 'Those of `list`.' }),
      }),
    }),
  },
  { standing: ignored, help: 'Validation of pushed manifests.' },
);

export const policy: Section = section(
  {
    repository: section({
      classes: setting(listOf(text), { help: 'Classes of content that may be pushed.' }),
    }),
  },
  { standing: ignored, help: 'What may be pushed.' },
);

const injected = section({
  name: setting(text, { help: 'Name of the middleware.' }),
  disabled: setting(boolean, { help: 'Whether it is left out.' }),
  options: setting(mapOf(anything), { secret: true, help: 'Its options.' }),
});

/** By the place where it is injected: `registry`, `repository`, `storage`. */
export const middleware: Setting = setting(mapOf(listOf(injected)), {
  standing: ignored,
  help: 'Code of the registry that is injected.',
});
