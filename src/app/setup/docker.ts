import type { ClientSetup } from './client-setup.ts';
import { DOCKER_HUB, type MirrorAddress } from './mirror-address.ts';

/** https://docs.docker.com/docker-hub/image-library/mirror/ */
export function setUpDocker(address: MirrorAddress): ClientSetup | string {
  const { origin, host, path, isSecure, isLoopback, registry } = address;
  if (registry !== DOCKER_HUB) {
    return `Docker asks mirrors for Docker Hub alone, and this one mirrors ${registry}: pull ${host}/NAME in place of ${registry}/NAME`;
  }
  const isInsecure = !isSecure && !isLoopback;
  const json = {
    'registry-mirrors': [path === '/' ? origin : origin + path],
    ...(isInsecure && { 'insecure-registries': [host] }),
  };
  return {
    file: '/etc/docker/daemon.json',
    text: JSON.stringify(json, undefined, 2),
    notes: notesOf(address),
  };
}

function notesOf({ host, path, isSecure, hasPasswords }: MirrorAddress): string[] {
  const notes = ['Add to what the file has, and then: systemctl restart docker.'];
  if (path !== '/') notes.push('Docker takes a mirror with a path from version 25 on.');
  if (isSecure) {
    notes.push(`A CA of your own goes into /etc/docker/certs.d/${host}/ca.crt.`);
  }
  if (hasPasswords) {
    notes.push(
      `Docker shows no password to a mirror, and goes to Docker Hub instead: \`docker login ${host}\`, and pull ${host}/library/NAME.`,
    );
  }
  return notes;
}
