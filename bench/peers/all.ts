import { dockerRegistry } from './docker-registry.ts';
import { kagami } from './kagami.ts';
import type { PeerKind } from './peer.ts';

/** The first is the one that the others are compared with. */
export const PEERS: readonly PeerKind[] = [kagami, dockerRegistry];
