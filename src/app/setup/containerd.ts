import type { ClientSetup } from './client-setup.ts';
import { DOCKER_HUB, type MirrorAddress } from './mirror-address.ts';

/** https://github.com/containerd/containerd/blob/main/docs/hosts.md */
export function setUpContainerd(address: MirrorAddress): ClientSetup {
  const { origin, path, registry } = address;
  const server = registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
  const isRoot = path === '/';
  const lines = [
    `server = "https://${server}"`,
    '',
    `[host."${isRoot ? origin : `${origin}${path}v2`}"]`,
    '  capabilities = ["pull", "resolve"]',
    ...(isRoot ? [] : ['  override_path = true']),
  ];
  return {
    file: `/etc/containerd/certs.d/${registry}/hosts.toml`,
    text: lines.join('\n'),
    notes: notesOf(address),
  };
}

function notesOf({ isSecure, hasPasswords }: MirrorAddress): string[] {
  const notes = [
    'containerd reads it at each pull, if /etc/containerd/config.toml has in [plugins."io.containerd.grpc.v1.cri".registry], or from 2.0 on in [plugins."io.containerd.cri.v1.images".registry]: config_path = "/etc/containerd/certs.d".',
  ];
  if (isSecure) {
    notes.push('A CA of your own is named below `capabilities`: ca = "/etc/containerd/ca.crt".');
  }
  if (hasPasswords) {
    notes.push(
      'The password goes into a section [host."…".header] of its own: Authorization = "Basic …", with the Base64 of NAME:PASSWORD.',
    );
  }
  return notes;
}
