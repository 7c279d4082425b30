import type { ClientSetup } from './client-setup.ts';
import type { MirrorAddress } from './mirror-address.ts';

/** https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md */
export function setUpPodman(address: MirrorAddress): ClientSetup | string {
  const { host, path, isSecure, registry } = address;
  if (path !== '/') {
    return `Podman takes a path for a part of the image's name, and cannot use a mirror at ${path}: serve it at / (http.prefix), under a name or a port of its own`;
  }
  const lines = [
    '[[registry]]',
    `prefix = "${registry}"`,
    `location = "${registry}"`,
    '',
    '[[registry.mirror]]',
    `location = "${host}"`,
    ...(isSecure ? [] : ['insecure = true']),
  ];
  return {
    file: '/etc/containers/registries.conf.d/kagami.conf',
    text: lines.join('\n'),
    notes: notesOf(address),
  };
}

function notesOf({ host, isSecure, hasPasswords }: MirrorAddress): string[] {
  const notes = [
    'Podman, Buildah and Skopeo read it at their next start; for CRI-O: systemctl reload crio.',
  ];
  if (isSecure) notes.push(`A CA of your own goes into /etc/containers/certs.d/${host}/ca.crt.`);
  if (hasPasswords) notes.push(`Then: podman login ${host}.`);
  return notes;
}
