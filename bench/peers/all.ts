import { dockerRegistry } from './docker-registry.ts';
import { kagami, kagamiWorkers } from './kagami.ts';
import { kagamiAccel } from './kagami-accel.ts';
import { nginx } from './nginx.ts';
import type { PeerKind } from './peer.ts';

export const PEERS: readonly PeerKind[] = [
  kagami,
  kagamiWorkers,
  kagamiAccel,
  dockerRegistry,
  nginx,
];

/** Those of this project, with which the others are compared. */
export function isOurs({ debianPackage }: PeerKind): boolean {
  return debianPackage === undefined;
}
