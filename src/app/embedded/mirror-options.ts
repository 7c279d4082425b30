import type { NamedImage } from '../../adapters/images/named-image.ts';
import type { ConfigurationOptions, LogOptions } from '../config/configuration-options.ts';

/**
 * What an embedded mirror is made with: the configuration as an object, and what a program has in
 * place of a file. No file and no variable is read.
 */
export interface MirrorOptions
  extends Omit<ConfigurationOptions, 'version' | 'storage' | 'log' | 'loglevel'> {
  /**
   * What is mirrored: the URL of a registry, the path or URL of a directory that holds an OCI image
   * layout for each repository, a `module:` of somebody else's, or images that `image()` made. Docker
   * Hub unless told. It stands for `proxy.remoteurl`.
   */
  readonly upstream?: string | URL | readonly NamedImage[];
  /** Where images are kept; in memory, until the mirror is closed, unless told. */
  readonly storage?: 'memory' | ConfigurationOptions['storage'];
  /** The port of 127.0.0.1 to listen on; a free one unless told. `http.addr` can say more. */
  readonly port?: number;
  /** `false` for no listener: a server that exists is given the `handler`. */
  readonly listen?: boolean;
  /** What is logged; nothing unless told. `true` is `{}`. */
  readonly log?: boolean | LogOptions;
  /** Where each line of the log goes; to the standard output unless told. It turns the log on. */
  readonly logTo?: (line: string) => void;
}
