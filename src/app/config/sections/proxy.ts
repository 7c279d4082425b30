import type { UpstreamConfig } from '../config.ts';
import { ignored, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { Secret } from '../secret.ts';
import { DOCKER_HUB, upstreamUrl } from '../upstream-url.ts';
import { duration, text, wait } from '../value-types.ts';
import type { Values } from '../values.ts';

const remoteurl = setting(text, {
  default: DOCKER_HUB,
  help: 'The registry to mirror: an `http:` or `https:` URL, or `file:///DIR` for a directory of OCI image layouts.',
});
const username = setting(text, { help: 'User name at the upstream. Needs `proxy.password`.' });
const password = setting(text, {
  secret: true,
  help: 'Password or access token at the upstream. Needs `proxy.username`.',
});

/** How long asking the upstream for a tag may take before the cached copy is served. */
export const tagTimeout: Setting<number> = setting(wait, {
  default: '3s',
  help: 'How long asking the upstream for a tag may take before the cached copy is served.',
});

export const proxy: Section = section(
  {
    remoteurl,
    username,
    password,
    tags: section({ timeout: tagTimeout }),
    exec: section(
      {
        command: setting(text, { help: 'Credential helper that gives user name and password.' }),
        lifetime: setting(duration, { help: 'How long its answer is good for.' }),
      },
      { standing: ignored, help: 'Upstream credentials from a helper program.' },
    ),
    ttl: setting(duration, {
      default: '168h',
      standing: ignored,
      help: 'How long content is kept.',
    }),
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
  else if (parsed.warning !== undefined) values.report.warn(parsed.warning);
  const url = typeof parsed === 'string' ? new URL(DOCKER_HUB) : parsed.url;
  return { url, ...credentialsOf(values) };
}

/** Whether anything says what to mirror. */
export function namesUpstream(values: Values): boolean {
  return values.isSet(remoteurl);
}

function credentialsOf(values: Values): Pick<UpstreamConfig, 'credentials'> {
  const [user, secret] = [values.of(username), values.of(password)];
  if (values.isSet(username) && !values.isSet(password)) {
    values.problem(username, 'is set without proxy.password; the upstream needs both or neither');
  }
  if (values.isSet(password) && !values.isSet(username)) {
    values.problem(password, 'is set without proxy.username; the upstream needs both or neither');
  }
  if (user === undefined || secret === undefined) return {};
  return { credentials: { username: user, password: new Secret(secret) } };
}
