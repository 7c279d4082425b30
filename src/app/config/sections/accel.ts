import type { AccelerationOptions } from '../../../adapters/http/acceleration.ts';
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
  { driver }: StorageConfig,
  trustedProxies: readonly string[],
): AccelerationOptions | undefined {
  const prefix = values.of(xaccelredirect);
  const isSendfile = values.of(xsendfile);
  if (prefix === undefined && !isSendfile) return undefined;
  const named: Setting = prefix === undefined ? xsendfile : xaccelredirect;
  if (prefix !== undefined && isSendfile) {
    const other = values.keyOf(xaccelredirect);
    values.problem(xsendfile, `is a second way beside ${other}; keep one`);
  }
  if (trustedProxies.length === 0) {
    values.problem(named, 'needs http.trustedproxies, for nobody else is answered so');
  }
  if (driver === 'inmemory' || driver === 's3') {
    values.warn(named, `has no effect with storage.${driver}, which has no files.`);
  } else if (values.of(verify) === 'onread') {
    values.warn(
      named,
      'has no effect with storage.verify: onread, for the proxy verifies nothing.',
    );
  }
  if (prefix === undefined) return { type: 'x-sendfile' };
  checkPrefix(values, prefix);
  return { type: 'x-accel-redirect', prefix };
}

/** What a proxy takes as it stands. */
function checkPrefix(values: Values, prefix: string): void {
  if (/^\/(?:(?!\.{1,2}\/)[\w.~!$&'()*+,;=:@-]+\/)+$/.test(prefix)) return;
  const example = 'a path that starts and ends with a slash, such as `/kagami-blobs/`';
  values.problem(xaccelredirect, `must be ${example}, not ${quoted(prefix)}`);
}
