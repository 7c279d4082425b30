import type { Verification } from '../../../domain/pull/stored-blobs.ts';
import type { StorageConfig } from '../config.ts';
import { ignored, met, section, setting } from '../declare.ts';
import { placeOf } from '../origin.ts';
import type { Section, Setting } from '../schema.ts';
import { boolean, duration, oneOf, text, wholeNumber } from '../value-types.ts';
import type { Values } from '../values.ts';
import { azure, gcs, oss, s3, swift } from './storage-elsewhere.ts';

export const rootdirectory: Setting<string> = setting(text, {
  default: '/var/lib/registry',
  help: "Directory of the cache, in the registry's own layout.",
});

const filesystem = section(
  {
    rootdirectory,
    maxthreads: setting(wholeNumber, {
      default: '100',
      standing: ignored,
      help: 'File operations at a time.',
    }),
  },
  { named: true, help: 'Keeps the cache in a directory.' },
);

const inmemory = section({}, { named: true, help: 'Keeps the cache in memory, until the stop.' });

const drivers = { filesystem, inmemory, s3, gcs, azure, swift, oss };

const uploadpurging = section(
  {
    enabled: setting(boolean, { default: 'true', help: 'Whether old uploads are removed.' }),
    age: setting(duration, { default: '168h', help: 'How old.' }),
    interval: setting(duration, { default: '24h', help: 'How often.' }),
    dryrun: setting(boolean, { default: 'false', help: 'Only say so.' }),
  },
  { standing: ignored, help: 'Removal of uploads that were never finished.' },
);

const readonly = section(
  { enabled: setting(boolean, { default: 'false', help: 'No pushes.' }) },
  { standing: met('a mirror takes no pushes') },
);

/** `redis` is the only one that asks for something that is not done anyway. */
const descriptorCache = setting(oneOf('inmemory', 'redis'), {
  default: 'inmemory',
  standing: ignored,
  help: 'Where descriptors are cached; always in memory.',
});
const layerinfo = setting(oneOf('inmemory', 'redis'), {
  default: 'inmemory',
  standing: ignored,
  help: 'Old name of `storage.cache.blobdescriptor`.',
});

export const verify: Setting<Verification> = setting(oneOf('never', 'onread'), {
  default: 'never',
  help: 'Whether each blob is compared with its digest while it is read: `onread` costs a core for each GB/s.',
});

export const deletes: Setting<boolean> = setting(boolean, {
  default: 'false',
  help: 'Whether clients may remove what is cached: `DELETE` of a tag removes that alone, of a digest the manifest with its tags and what nothing else needs. It needs `auth.htpasswd` or client certificates; without them `DELETE` is refused, for anybody might send it.',
});

export const storage: Section = section(
  {
    ...drivers,
    verify,
    cache: section({
      blobdescriptor: descriptorCache,
      layerinfo,
      blobdescriptorsize: setting(wholeNumber, {
        default: '10000',
        standing: ignored,
        help: 'Descriptors cached.',
      }),
    }),
    redirect: section({
      disable: setting(boolean, {
        default: 'false',
        standing: met('neither driver redirects'),
        help: 'No redirects to the storage.',
      }),
    }),
    delete: section({ enabled: deletes }),
    maintenance: section({ uploadpurging, readonly }),
    tag: section({
      concurrencylimit: setting(wholeNumber, {
        standing: ignored,
        help: 'Tag look-ups at a time.',
      }),
    }),
  },
  { goMap: true, nameOnly: true, strict: true, help: 'Where the cache is kept: one driver.' },
);

/** The storage that is named; a directory that `fallback` chooses if none is. */
export function storageOf(values: Values, fallback: () => string): StorageConfig {
  const named = Object.values(drivers).filter((driver) => values.isSet(driver));
  const [first, second] = named;
  if (first && second) refuseSecond(values, first, second);
  if (first === inmemory) return { driver: 'inmemory' };
  const rootDirectory = first === undefined ? fallback() : values.of(rootdirectory);
  return { driver: 'filesystem', rootDirectory };
}

/** Says both places, for one is often a variable that was meant for another file. */
function refuseSecond(values: Values, first: Section, second: Section): void {
  const place = `(${placeOf(values.origin(first))})`;
  values.problem(second, `is a second driver beside ${values.keyOf(first)} ${place}; keep one`);
}
