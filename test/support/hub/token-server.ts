import { type Answer, json, text } from './answer.ts';
import type { Endpoint, HubRequest } from './hub-request.ts';
import type { HubState } from './hub-state.ts';

/** What the token spec says to assume when `expires_in` is absent. */
const UNANNOUNCED_SECONDS = 60;

interface TokenCall {
  account: string | undefined;
  scopes: string[];
  /** Whether a refresh token was asked for. */
  offline: boolean;
}

const BAD_CREDENTIALS: Answer = json(401, { details: 'incorrect username or password' });

/** The account, `undefined` for anonymous, or false for a wrong password. */
function checked(state: HubState, user: string, password: string): string | false {
  const expected = state.users.get(user);
  return expected !== undefined && expected === password ? user : false;
}

function basicAccount(state: HubState, authorization?: string): string | undefined | false {
  if (authorization === undefined) return undefined;
  const [, encoded = ''] = /^basic (.+)$/i.exec(authorization) ?? [];
  const credentials = Buffer.from(encoded, 'base64').toString();
  const colon = credentials.indexOf(':');
  return checked(state, credentials.slice(0, colon), credentials.slice(colon + 1));
}

function formAccount(state: HubState, form: URLSearchParams): string | false {
  const field = (name: string): string => form.get(name) ?? '';
  if (field('grant_type') === 'password') {
    return checked(state, field('username'), field('password'));
  }
  return state.tokens.refreshAccount(field('refresh_token')) ?? false;
}

/** The repositories of the asked scopes that may be pulled; the others are left out silently. */
function granted(state: HubState, { account, scopes }: TokenCall): string[] {
  return scopes.flatMap((scope) => {
    const [, name, actions] = /^repository(?:\(\w+\))?:(.+):([^:]*)$/.exec(scope) ?? [];
    const pull = actions?.split(',').some((action) => action === 'pull' || action === '*');
    return name && pull && state.repositories.mayPull(name, account) ? [name] : [];
  });
}

/** A scope is never refused; the token is worth less instead. */
function grant(state: HubState, call: TokenCall): { token: string; common: object } {
  const { account, offline } = call;
  const { expiresIn } = state.settings;
  const seconds = expiresIn ?? UNANNOUNCED_SECONDS;
  const token = state.tokens.issue(account, granted(state, call), seconds);
  const common = {
    ...(expiresIn !== undefined && { expires_in: expiresIn }),
    issued_at: new Date().toISOString(),
    ...(offline && account && { refresh_token: state.tokens.issueRefresh(account) }),
  };
  return { token, common };
}

function split(scopes: string[]): string[] {
  return scopes.flatMap((scope) => scope.split(' ')).filter((scope) => scope !== '');
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
function getAnswer(state: HubState, { url, headers }: HubRequest): Answer {
  const account = basicAccount(state, headers.authorization);
  if (account === false) return BAD_CREDENTIALS;
  const query = url.searchParams;
  const offline = query.get('offline_token') === 'true';
  const { token, common } = grant(state, {
    account,
    scopes: split(query.getAll('scope')),
    offline,
  });
  return json(200, { token, access_token: token, ...common });
}

/** https://distribution.github.io/distribution/spec/auth/oauth/: no `token` field here. */
function postAnswer(state: HubState, { body }: HubRequest): Answer {
  const form = new URLSearchParams(body);
  const account = formAccount(state, form);
  if (account === false) return BAD_CREDENTIALS;
  const scopes = split(form.getAll('scope'));
  const offline = form.get('access_type') === 'offline';
  const { token, common } = grant(state, { account, scopes, offline });
  return json(200, { access_token: token, scope: scopes.join(' '), ...common });
}

/** auth.docker.io */
export function tokenEndpoint(state: HubState): Endpoint {
  return (request) => {
    if (request.url.pathname !== '/token') {
      return { kind: 'other', answer: () => text(404, '404 page not found\n') };
    }
    if (request.method === 'POST') {
      return { kind: 'token', answer: () => postAnswer(state, request) };
    }
    return { kind: 'token', answer: () => getAnswer(state, request) };
  };
}
