import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isProxy } from '../../../adapters/http/trusted-proxies.ts';
import type { HttpConfig, ListenConfig, PeersConfig, StorageConfig } from '../config.ts';
import { ignored, listOf, mapOf, met, section, setting } from '../declare.ts';
import { parseListenAddress } from '../listen-address.ts';
import { quoted } from '../redact.ts';
import type { Section, Setting } from '../schema.ts';
import { Secret } from '../secret.ts';
import { boolean, oneOf, processes, text, wait } from '../value-types.ts';
import type { Values } from '../values.ts';
import { accel, accelOf } from './accel.ts';
import { limits, limitsOf } from './limits.ts';
import { tls, tlsOf } from './tls.ts';

const addr = setting(text, {
  default: ':5000',
  help: 'Where to listen: `:5000`, `127.0.0.1:5000`, `[::1]:5000`; a path when `http.net` is `unix`. Port 0 takes a free one.',
});
const net = setting(oneOf('tcp', 'unix'), {
  default: 'tcp',
  help: 'Kind of socket.',
});
const prefix = setting(text, {
  default: '/',
  help: 'Path below which everything is served; starts and ends with a slash.',
});
const draintimeout = setting(wait, {
  default: '30s',
  help: "How long running answers may take to end after a stop signal. The registry's default is `0`, which cuts them off.",
});
const headers = setting(mapOf(listOf(text)), {
  help: 'Headers added to each answer: a list of values for each name.',
});

const workers = setting(processes, {
  default: '1',
  help: 'How many processes `kagami serve` runs behind the one port; `auto` is one for each processor. They share the storage, which cannot be `inmemory` then.',
});
const host = setting(text, {
  help: 'URL under which clients reach the mirror, which `kagami setup` tells them; answers need none, for every URL in them is relative.',
});
const secret = setting(text, {
  secret: true,
  help: 'The same for all mirrors of a bucket (`storage.s3`), which then take running downloads from each other: requests for them are signed with it (HMAC-SHA256). It has no other use.',
});
const advertise = setting(text, {
  help: 'URL under which the other mirrors of the bucket reach this one, and it alone: `http://10.0.0.7:5000`. Only scheme, host and port count. `http.host` unless set. Needs `http.secret`.',
});
const trustedproxies = setting(listOf(text), {
  help: 'Proxies in front whose `X-Forwarded-For` is believed: addresses, networks such as `10.0.0.0/8`, and `unix:` for all who come by a Unix socket.',
});

const debug = section(
  {
    addr: setting(text, { help: 'Where to listen for debugging.' }),
    prometheus: section({
      enabled: setting(boolean, { default: 'false', help: 'Whether metrics are served.' }),
      path: setting(text, { default: '/metrics', help: 'Where metrics are served.' }),
    }),
  },
  { standing: ignored, help: 'Debugging and metrics.' },
);

export const http: Section = section(
  {
    addr,
    net,
    prefix,
    headers,
    draintimeout,
    host,
    trustedproxies,
    accel,
    secret,
    advertise,
    relativeurls: setting(boolean, {
      default: 'false',
      standing: met('every URL in an answer is relative'),
      help: 'Relative URLs in answers.',
    }),
    workers,
    limits,
    tls,
    debug,
    http2: section({
      disabled: setting(boolean, {
        default: 'false',
        standing: met('HTTP/1.1 is spoken'),
        help: 'No HTTP/2.',
      }),
    }),
    h2c: section({
      enabled: setting(boolean, { default: 'false', standing: ignored, help: 'HTTP/2 in clear.' }),
    }),
  },
  { help: 'How clients reach the mirror.' },
);

export function httpOf(values: Values, storage: StorageConfig): HttpConfig {
  checkPrefix(values);
  const trustedProxies = proxiesOf(values);
  if (storage.driver === 'inmemory' && values.of(workers) > 1) {
    values.problem(workers, 'must be 1 with storage.inmemory, which processes cannot share');
  }
  const url = urlOf(values, host);
  return {
    workers: values.of(workers),
    listen: listenOf(values),
    prefix: values.of(prefix),
    headers: headersOf(values),
    drainTimeoutMs: values.of(draintimeout),
    limits: limitsOf(values),
    url,
    peers: peersOf(values, storage.driver, url),
    trustedProxies,
    acceleration: accelOf(values, storage, trustedProxies),
    tls: tlsOf(values),
  };
}

function urlOf(values: Values, field: Setting<string | undefined>): URL | undefined {
  const written = values.of(field);
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '') return url;
  const example = '`https://mirror.example`';
  values.problem(field, `must be a URL such as ${example}, not ${quoted(written)}`);
  return undefined;
}

/** Other storages show by themselves what is on its way, or have no other mirrors. */
function peersOf(
  values: Values,
  driver: StorageConfig['driver'],
  clients: URL | undefined,
): PeersConfig | undefined {
  const given = [secret, advertise].filter((field) => values.of(field));
  const url = urlOf(values, advertise) ?? clients;
  if (driver !== 's3') {
    for (const field of given) values.report.ignored(values.keyOf(field), values.origin(field));
    return undefined;
  }
  const key = values.of(secret);
  if (key) {
    const reached = url && `${url.origin}${values.of(prefix)}`;
    return { secret: new Secret(key), url: reached };
  }
  if (given.includes(advertise)) {
    values.problem(advertise, 'needs http.secret: set the same in all mirrors of the bucket');
  }
  return undefined;
}

function proxiesOf(values: Values): string[] {
  const written = values.items(trustedproxies);
  for (const { part, value } of written) {
    if (isProxy(value)) continue;
    const examples = '`10.0.0.7`, `10.0.0.0/8` or `unix:`';
    values.partProblem(trustedproxies, part, `must be such as ${examples}, not ${quoted(value)}`);
  }
  return written.map(({ value }) => value);
}

function listenOf(values: Values): ListenConfig {
  const written = values.of(addr);
  if (values.of(net) === 'unix') {
    if (!values.isSet(addr)) values.problem(net, 'is `unix`, so http.addr must be a path');
    return { kind: 'unix', path: written };
  }
  const address = parseListenAddress(written);
  if (address) return { kind: 'tcp', ...address };
  const examples = '`:5000`, `127.0.0.1:5000` or `[::1]:5000`';
  values.problem(addr, `must be an address such as ${examples}, not ${quoted(written)}`);
  return { kind: 'tcp', port: 0 };
}

function checkPrefix(values: Values): void {
  const written = values.of(prefix);
  if (/^\/([^\s?#%\\]+\/)*$/.test(written)) return;
  values.problem(
    prefix,
    `must start and end with a slash, such as \`/mirror/\`, not ${quoted(written)}`,
  );
}

/** Framing is decided for each answer; a fixed value would break it. */
const NOT_FIXED = [
  'connection',
  'content-length',
  'content-range',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
];

function headersOf(values: Values): Readonly<Record<string, readonly string[]>> {
  const all = values.of(headers) ?? {};
  for (const [name, lines] of Object.entries(all)) {
    const wrong = NOT_FIXED.includes(name.toLowerCase())
      ? 'differs from answer to answer and cannot be set here'
      : invalidHeader(name, lines);
    if (wrong !== undefined) values.problem(headers, `${quoted(name)} ${wrong}`);
  }
  return all;
}

function invalidHeader(name: string, lines: readonly string[] | undefined): string | undefined {
  try {
    validateHeaderName(name);
    for (const line of lines ?? []) validateHeaderValue(name, line);
    return undefined;
  } catch {
    return 'is not a header that HTTP can carry';
  }
}
