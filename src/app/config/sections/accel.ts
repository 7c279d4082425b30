import { type AccelerationOptions, isNameable } from '../../../adapters/http/acceleration.ts';
import type { StorageConfig } from '../config.ts';
import { section, setting } from '../declare.ts';
import { quoted } from '../redact.ts';
import type { Section, Setting } from '../schema.ts';
import { boolean, text } from '../value-types.ts';
import type { Values } from '../values.ts';
import { verify } from './storage.ts';

/** Each is named after the header that it has sent, and has for a value what that header needs. */
const xaccelredirect = setting(text, {
  help: 'Path of the internal location of nginx that is the storage directory, such as `/kagami-blobs/`. Blobs that are stored are left to nginx then, by `X-Accel-Redirect`, where it is one of `http.trustedproxies` and offers that with `X-Sendfile-Type: X-Accel-Redirect`, as in `deploy/nginx/kagami-accel.conf`; every other client gets them from Kagami.',
});
const xsendfile = setting(boolean, {
  default: 'false',
  help: 'The same by `X-Sendfile` and the absolute path of the file, for a proxy that offers that with `X-Sendfile-Type: X-Sendfile`, such as Apache or lighttpd.',
});

export const accel: Section = section(
  { xaccelredirect, xsendfile },
  {
    help: 'Leaves blobs that are stored to the proxy in front: one of the two.',
  },
);

/** `undefined` where Kagami sends all blobs itself. */
export function accelOf(
  values: Values,
  storage: StorageConfig,
  trustedProxies: readonly string[],
): AccelerationOptions | undefined {
  const prefix = values.of(xaccelredirect);
  const isSendfile = values.of(xsendfile);
  if (prefix === undefined && !isSendfile) return undefined;
  if (prefix !== undefined && isSendfile) {
    values.problem(xsendfile, `is a second way beside ${values.keyOf(xaccelredirect)}; keep one`);
  }
  checkSurroundings(values, prefix === undefined ? xsendfile : xaccelredirect, {
    storage,
    trustedProxies,
  });
  if (prefix === undefined) {
    checkDirectory(values, storage);
    return { type: 'x-sendfile' };
  }
  checkPrefix(values, prefix);
  return { type: 'x-accel-redirect', prefix };
}

interface Surroundings {
  readonly storage: StorageConfig;
  readonly trustedProxies: readonly string[];
}

function checkSurroundings(
  values: Values,
  named: Setting,
  { storage: { driver }, trustedProxies }: Surroundings,
): void {
  if (trustedProxies.length === 0) {
    values.problem(named, 'needs http.trustedproxies, for nobody else is answered so');
  }
  if (driver === 'inmemory' || driver === 's3') {
    values.warn(named, `has no effect with storage.${driver}, which has no files.`);
  } else if (values.of(verify) === 'onread') {
    const why = 'for the proxy verifies nothing';
    values.warn(named, `has no effect with storage.verify: onread, ${why}.`);
  }
}

function checkDirectory(values: Values, storage: StorageConfig): void {
  if (storage.driver !== 'filesystem' || isNameable(storage.rootDirectory)) return;
  const wanted = 'letters, digits and plain signs, which all proxies read alike';
  const directory = quoted(storage.rootDirectory);
  values.problem(xsendfile, `needs a storage directory of ${wanted}, not ${directory}`);
}

function checkPrefix(values: Values, prefix: string): void {
  if (/^\/(?:(?!\.{1,2}\/)[\w.~!$&'()*+,;=:@-]+\/)+$/.test(prefix)) return;
  const example = 'a path that starts and ends with a slash, such as `/kagami-blobs/`';
  values.problem(xaccelredirect, `must be ${example}, not ${quoted(prefix)}`);
}
