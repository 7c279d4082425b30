import type { Command } from '../support/child-program.ts';

/** Where a peer may keep what it needs, and where it has to listen. */
export interface Place {
  readonly directory: string;
  readonly port: number;
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
  /** The text of its configuration file. */
  configuration(upstream: string, place: Place): string;
  command(configurationFile: string): Command;
}

/** A mirror that can be measured. */
export interface Peer {
  readonly name: string;
  /** Starts it with an empty store over `upstream`; resolves to its URL once it answers. */
  start(upstream: string, signal: AbortSignal): Promise<string>;
  /** Stops it and removes all it stored; safe at any time. */
  stop(): Promise<void>;
}
