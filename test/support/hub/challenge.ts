import { type Answer, ociError } from './answer.ts';
import type { HubRequest } from './hub-request.ts';
import type { HubState } from './hub-state.ts';
import type { Route } from './route.ts';

/** The words of RFC 6750 section 3.1, as the registry uses them. */
type Complaint = 'invalid_token' | 'insufficient_scope';

function scopeOf(route: Route, action: string): string | undefined {
  if (route.type === 'catalog') return 'registry:catalog:*';
  return 'repository' in route ? `repository:${route.repository}:${action}` : undefined;
}

function refusal(
  realm: string,
  source: string,
  scope: string | undefined,
  complaint?: Complaint,
): Answer {
  const [type = '', name = '', action = ''] = scope?.split(':') ?? [];
  const fields = [`realm="${realm}"`, 'service="registry.docker.io"'];
  if (scope !== undefined) fields.push(`scope="${scope}"`);
  if (complaint) fields.push(`error="${complaint}"`);
  const detail =
    scope === undefined ? null : [{ Type: type, Class: '', Name: name, Action: action }];
  const answer = ociError(401, 'UNAUTHORIZED', 'authentication required', detail);
  const headers = {
    'www-authenticate': `Bearer ${fields.join(',')}`,
    'docker-ratelimit-source': source,
  };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Who is asking, or the 401 that tells where to get a sufficient token. */
export function authorise(
  state: HubState,
  request: HubRequest,
  route: Route,
): { account: string | undefined } | { refusal: Answer } {
  if (!state.settings.auth) return { account: undefined };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const scope = scopeOf(route, reads ? 'pull' : 'pull,push');
  const refuse = (complaint?: Complaint): { refusal: Answer } => ({
    refusal: refusal(`${state.urls.auth}/token`, request.source, scope, complaint),
  });
  const [, token] = /^bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) return refuse();
  const grant = state.tokens.grant(token);
  if (!grant) return refuse('invalid_token');
  const sufficient =
    scope === undefined ||
    (reads && 'repository' in route && grant.repositories.has(route.repository));
  return sufficient ? { account: grant.account } : refuse('insufficient_scope');
}
