import type { Verification } from '../../../domain/pull/stored-blobs.ts';
import type { ConfigPlace, PluginOptions, StorageConfig } from '../config.ts';
import { anything, ignored, mapOf, met, section, setting } from '../declare.ts';
import { placeOf } from '../origin.ts';
import type { Family, Section, Setting } from '../schema.ts';
import { Secret } from '../secret.ts';
import { MODULE } from '../upstream-url.ts';
import { boolean, duration, oneOf, text, wholeNumber } from '../value-types.ts';
import type { Member, Values } from '../values.ts';
import { azure, gcs, oss, swift } from './storage-elsewhere.ts';
import { s3, s3Of } from './storage-s3.ts';

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

const disable = setting(boolean, {
  default: 'false',
  help: 'Serves blobs from here, instead of sending clients to the bucket for them (307). With `storage.verify: onread` that is so anyway, and other drivers than `s3` have nowhere to send them.',
});

const drivers = { filesystem, inmemory, s3, gcs, azure, swift, oss };

/** Drivers of somebody else's. */
const modules: Family = {
  prefix: MODULE,
  name: `${MODULE}NAME`,
  setting: setting(mapOf(anything), {
    secret: true,
    help: 'Keeps the cache where the module NAME does: a package, or the path of a file. What is below is in its own words.',
  }),
};

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
    redirect: section({ disable }),
    delete: section({ enabled: deletes }),
    maintenance: section({ uploadpurging, readonly }),
    tag: section({
      concurrencylimit: setting(wholeNumber, {
        standing: ignored,
        help: 'Tag look-ups at a time.',
      }),
    }),
  },
  {
    goMap: true,
    nameOnly: true,
    strict: true,
    family: modules,
    help: 'Where the cache is kept: one driver.',
  },
);

/** The storage that is named; a directory that `fallback` chooses if none is. */
export function storageOf(values: Values, fallback: () => string): StorageConfig {
  const named: Named[] = [
    ...Object.values(drivers)
      .filter((driver) => values.isSet(driver))
      .map((driver) => ({ driver, key: values.keyOf(driver), origin: values.origin(driver) })),
    ...values.family<PluginOptions>(storage),
  ];
  const [first, second] = named;
  if (first && second) refuseSecond(values, first, second);
  if (first?.driver === inmemory) return { driver: 'inmemory' };
  if (first?.driver === s3) return s3Of(values, fallback, !values.of(disable));
  if (first !== undefined && first.driver === undefined) return pluginOf(values, first);
  const rootDirectory = first === undefined ? fallback() : values.of(rootdirectory);
  return { driver: 'filesystem', rootDirectory };
}

/** A driver that is given: one of ours, or a module. */
type Named =
  | (ConfigPlace & { readonly driver: Section })
  | (Member<PluginOptions> & { readonly driver?: undefined });

function pluginOf(values: Values, member: Member<PluginOptions>): StorageConfig {
  const { key, name, value = {}, origin } = member;
  const place = { key, origin };
  if (name === '') values.report.problem(origin, `${key} must name a module`, key);
  const plugin = { module: name, options: new Secret(value), named: place, configured: place };
  return { driver: 'module', plugin };
}

/** Says both places, for one is often a variable that was meant for another file. */
function refuseSecond({ report }: Values, first: ConfigPlace, second: ConfigPlace): void {
  const { key, origin } = second;
  const place = `(${placeOf(first.origin)})`;
  report.problem(origin, `${key} is a second driver beside ${first.key} ${place}; keep one`, key);
}
