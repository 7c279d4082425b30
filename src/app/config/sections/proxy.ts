import type { ConfigPlace, PluginConfig, UpstreamConfig, UpstreamCredentials } from '../config.ts';
import { anything, ignored, listOf, mapOf, section, setting } from '../declare.ts';
import type { Field, Section } from '../schema.ts';
import { Secret } from '../secret.ts';
import { DOCKER_HUB, mirrorUrl, upstreamUrl } from '../upstream-url.ts';
import { age, boolean, duration, limit, text, wholeNumber } from '../value-types.ts';
import type { Values } from '../values.ts';
import { cache, ttl } from './cache.ts';
import { credentials, credentialsOf } from './credentials.ts';
import { tagChecks } from './tag-checks.ts';

const remoteurl = setting(text, {
  default: DOCKER_HUB,
  help: "The registry to mirror: an `http:` or `https:` URL, `file:///DIR` for a directory of OCI image layouts, or `module:NAME` for a module of somebody else's.",
});
const options = setting(mapOf(anything), {
  secret: true,
  help: 'Options of the module that `proxy.remoteurl` names, in its own words.',
});
const username = setting(text, { help: 'User name at the upstream. Needs `proxy.password`.' });
const password = setting(text, {
  secret: true,
  help: 'Password or access token at the upstream. Needs `proxy.username`.',
});

const mirrors = setting(listOf(text), {
  help: 'Mirrors of the upstream: a list of URLs, asked in their order before it for content by digest, and for tags when it fails. They get no credentials.',
});
const offline = setting(boolean, {
  default: 'false',
  help: 'Whether the upstream is never contacted: what is stored is served, and nothing else.',
});
const stalltimeout = setting(limit, {
  default: '15s',
  help: 'How long a running download may bring no byte before it is broken off and resumed.',
});
const retries = setting(wholeNumber, {
  default: '5',
  help: 'How many attempts in a row may bring no byte before a download fails.',
});
const parallel = setting(wholeNumber, {
  default: '1',
  help: 'How many parts of one large layer (64 MiB or more) are downloaded at a time, from 1 to 16. It pays where the upstream limits the speed of each connection, and takes so many times 16 MiB of memory for each such download.',
});
const negativettl = setting(age, {
  default: '10s',
  help: 'How long something that the upstream does not have is not asked for again; `0` asks each time.',
});

export const proxy: Section = section(
  {
    remoteurl,
    options,
    username,
    password,
    credentials,
    mirrors,
    offline,
    stalltimeout,
    retries,
    parallel,
    negativettl,
    tags: tagChecks,
    cache,
    exec: section(
      {
        command: setting(text, { help: 'Credential helper that gives user name and password.' }),
        lifetime: setting(duration, { help: 'How long its answer is good for.' }),
      },
      { standing: ignored, help: 'Upstream credentials from a helper program.' },
    ),
    ttl,
    cachewritetimeout: setting(duration, {
      default: '5m',
      standing: ignored,
      help: 'How long storing a blob may take.',
    }),
  },
  { help: 'What is mirrored.' },
);

/** The upstream that the proxy section names; Docker Hub if it names none. */
export function upstreamOf(values: Values): UpstreamConfig {
  const parsed = upstreamUrl(values.of(remoteurl));
  if (typeof parsed === 'string') values.problem(remoteurl, parsed);
  else if (parsed.warning !== undefined) values.warn(remoteurl, parsed.warning);
  const { url, module } =
    typeof parsed === 'string' ? { url: new URL(DOCKER_HUB), module: undefined } : parsed;
  const accounts = [...accountOf(values), ...credentialsOf(values)];
  if (url.protocol === 'file:' && accounts.length > 0) {
    values.report.warn('proxy.username and proxy.credentials have no effect on a file: upstream.');
  }
  const plugin = pluginOf(values, module);
  return {
    url,
    ...(plugin && { plugin }),
    credentials: accounts,
    mirrors: mirrorsOf(values),
    offline: values.of(offline),
    stallTimeoutMs: values.of(stalltimeout),
    retries: retriesOf(values),
    parallel: parallelOf(values),
    negativeTtlMs: values.of(negativettl),
  };
}

function pluginOf(values: Values, module: string | undefined): PluginConfig | undefined {
  if (module === undefined) {
    if (values.isSet(options))
      values.problem(options, 'are for a module; proxy.remoteurl names none');
    return undefined;
  }
  const place = (field: Field): ConfigPlace => ({
    key: values.keyOf(field),
    origin: values.origin(values.isSet(field) ? field : remoteurl),
  });
  return {
    module,
    options: new Secret(values.of(options) ?? {}),
    named: place(remoteurl),
    configured: place(options),
  };
}

/** Whether anything says what to mirror. */
export function namesUpstream(values: Values): boolean {
  return values.isSet(remoteurl);
}

function mirrorsOf(values: Values): URL[] {
  const urls: URL[] = [];
  for (const { part, value } of values.items(mirrors)) {
    const parsed = mirrorUrl(value);
    if (typeof parsed === 'string') {
      values.partProblem(mirrors, part, parsed);
      continue;
    }
    if (parsed.warning !== undefined) values.warn(mirrors, parsed.warning);
    urls.push(parsed.url);
  }
  return urls;
}

function retriesOf(values: Values): number {
  const count = values.of(retries);
  if (count < 0) values.problem(retries, 'must be 0 or more');
  return count;
}

function parallelOf(values: Values): number {
  const count = values.of(parallel);
  if (count < 1 || count > 16) values.problem(parallel, 'must be from 1 to 16');
  return count;
}

/** The account that the registry's own two keys name. */
function accountOf(values: Values): UpstreamCredentials[] {
  const [user, secret] = [values.of(username), values.of(password)];
  if (values.isSet(username) && !values.isSet(password)) {
    values.problem(username, 'is set without proxy.password; the upstream needs both or neither');
  }
  if (values.isSet(password) && !values.isSet(username)) {
    values.problem(password, 'is set without proxy.username; the upstream needs both or neither');
  }
  if (user === undefined || secret === undefined) return [];
  return [{ username: user, password: new Secret(secret) }];
}
