import type { HubDouble } from './hub-double.ts';

export type Headers = Record<string, string>;

/** The `Authorization` header for one repository, by the token call that every client makes. */
export async function authorization(
  hub: HubDouble,
  repository: string,
  basic?: string,
): Promise<Headers> {
  const scope = `repository:${repository}:pull`;
  const query = new URLSearchParams({ service: 'registry.docker.io', scope });
  const credentials = basic === undefined ? {} : { authorization: basicHeader(basic) };
  const answer = await fetch(`${hub.authUrl}/token?${query.toString()}`, { headers: credentials });
  const { token } = (await answer.json()) as { token: string };
  return { authorization: `Bearer ${token}` };
}

export function basicHeader(userAndPassword: string): string {
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`;
}

/** One request to the registry, redirects not followed. */
export async function ask(
  hub: HubDouble,
  path: string,
  headers: Headers = {},
  method = 'GET',
): Promise<Response> {
  return fetch(hub.url + path, { method, headers, redirect: 'manual' });
}

/** The CDN link the registry redirects a blob GET to. */
export async function blobLink(
  hub: HubDouble,
  repository: string,
  digest: string,
): Promise<string> {
  const token = await authorization(hub, repository);
  const answer = await ask(hub, `/v2/${repository}/blobs/${digest}`, token);
  await answer.arrayBuffer();
  return answer.headers.get('location') ?? '';
}
