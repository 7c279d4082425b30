import type { Command } from '../support/child-program.ts';

/** Where a peer may keep what it needs, and where it has to listen. */
export interface Place {
  readonly directory: string;
  /** Where its cache is. */
  readonly store: string;
  readonly port: number;
}

/** A program in front of a mirror, through which clients come to it. */
export interface Front {
  readonly program: string;
  /** @param behind the port of the mirror, which has the same places */
  configuration(place: Place, behind: number): string;
  command(configurationFile: string): Command;
}

/** A mirror to measure: how to configure and start it. */
export interface PeerKind {
  readonly name: string;
  /** The Debian package it comes from; undefined for this project's own. */
  readonly debianPackage: string | undefined;
  /** What has to be there to start it: a program in PATH, or a file. */
  readonly program: string;
  /** Prints the version in its first line. */
  readonly versionCommand: Command;
  /** Whether it fetches tokens and follows redirects. For one that cannot, the Hub needs neither. */
  readonly speaksToTheHub: boolean;
  /** The text of its configuration file. */
  configuration(upstream: string, place: Place): string;
  command(configurationFile: string): Command;
  readonly front?: Front;
  /** The names of the cases it takes part in; all that have it if not told. */
  readonly cases?: readonly string[];
}

/** A mirror that can be measured. */
export interface Peer {
  readonly name: string;
  /** Where it answers, once it does. */
  readonly url: string;
  /** How long it took from its start to its first answer. */
  readonly startedInMs: number;
  /** CPU time of all its processes. */
  cpuSeconds(): Promise<number>;
  /** CPU time of the mirror without what is in front of it; NaN if nothing is. */
  cpuSecondsBehind(): Promise<number>;
  /** Resident memory of all its processes. */
  residentBytes(): Promise<number>;
  /** Makes it stop at once, as trouble would. */
  kill(): Promise<void>;
  /** Stops it and removes all it stored; safe at any time. */
  stop(): Promise<void>;
}
