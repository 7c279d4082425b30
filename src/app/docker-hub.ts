import type { Config } from './config/config.ts';

/** The hosts under which Docker Hub's registry answers. */
export const DOCKER_HUB: readonly string[] = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
];

/** Whether the upstream is Docker Hub, where a name of one word means one in `library/`. */
export function mirrorsDockerHub({ upstream }: Config): boolean {
  return DOCKER_HUB.includes(upstream.url.hostname);
}
