import { type Answer, json, ociError, text } from './answer.ts';
import { blobAnswer } from './blobs.ts';
import { authorise } from './challenge.ts';
import type { Endpoint, HubRequest } from './hub-request.ts';
import type { HubState } from './hub-state.ts';
import { manifestAnswer } from './manifests.ts';
import { referrersAnswer } from './referrers.ts';
import type { Repository } from './repositories.ts';
import { kindOf, parseRoute, type Route } from './route.ts';
import { tagsAnswer } from './tags.ts';

interface Call {
  request: HubRequest;
  account: string | undefined;
  range: string | undefined;
}

const NOT_FOUND: Answer = text(404, '404 page not found\n');

/** On every answer of registry-1, whatever its status. */
const ALWAYS = {
  'docker-distribution-api-version': 'registry/2.0',
  'strict-transport-security': 'max-age=31536000',
};

function answerIn(
  state: HubState,
  repository: Repository,
  route: Extract<Route, { repository: string }>,
  { request, account, range }: Call,
): Answer {
  const { method, url, headers, source } = request;
  const query = url.searchParams;
  if (route.type === 'tags') {
    return tagsAnswer(route.repository, repository, query, state.settings.tagPageSize);
  }
  const { reference } = route;
  if (route.type === 'blobs') {
    return blobAnswer(state, repository, { method, digest: reference, range });
  }
  if (route.type === 'referrers') {
    if (!state.settings.referrers) return NOT_FOUND;
    return referrersAnswer(repository, reference, query.get('artifactType'));
  }
  return manifestAnswer(repository, state.pullLimit, {
    method,
    reference,
    accept: headers.accept ?? '',
    ifNoneMatch: headers['if-none-match'],
    source: account ?? source,
  });
}

function answer(state: HubState, route: Route, call: Call): Answer {
  if (call.request.method !== 'GET' && call.request.method !== 'HEAD') {
    return ociError(405, 'UNSUPPORTED', 'The operation is unsupported.');
  }
  if (route.type === 'base') return json(200, {});
  if (!('repository' in route)) return NOT_FOUND;
  const repository = state.repositories.get(route.repository);
  if (!repository) {
    const name = { name: route.repository };
    return ociError(404, 'NAME_UNKNOWN', 'repository name not known to registry', name);
  }
  return answerIn(state, repository, route, call);
}

function dressed(bare: Answer): Answer {
  return { ...bare, headers: { ...ALWAYS, ...bare.headers } };
}

/** registry-1.docker.io */
export function registryEndpoint(state: HubState): Endpoint {
  return (request) => {
    const route = parseRoute(request.url.pathname);
    const named = {
      ...('repository' in route && { repository: route.repository }),
      ...('reference' in route && { reference: route.reference }),
    };
    const verdict = authorise(state, request, route);
    if ('refusal' in verdict) {
      return { kind: 'challenge', ...named, answer: () => dressed(verdict.refusal) };
    }
    const { account } = verdict;
    return {
      kind: kindOf(route, request.method),
      ...named,
      answer: (range) => dressed(answer(state, route, { request, account, range })),
    };
  };
}
