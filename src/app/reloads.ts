import { WatchedFiles } from '../adapters/system/watched-files.ts';
import { errorChain } from '../adapters/telemetry/error-chain.ts';
import type { Logger } from '../adapters/telemetry/logger.ts';

/** What is read again when its files change while the mirror runs. */
export class Reloads {
  readonly #logger: Logger;
  readonly #watched: WatchedFiles[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Changes count from this moment on, so the files are to be read for the first time after it.
   *
   * @param what what the files are, for the log
   */
  watch(what: string, files: readonly string[], readAgain: () => void): void {
    const onChange = (): void => this.#readAgain(what, files, readAgain);
    this.#watched.push(new WatchedFiles(files, onChange));
  }

  start(): void {
    for (const each of this.#watched) each.start();
  }

  stop(): void {
    for (const each of this.#watched) each.stop();
  }

  /** A file that is being written, or that does not fit its neighbour yet, is read at its next change. */
  #readAgain(what: string, files: readonly string[], readAgain: () => void): void {
    try {
      readAgain();
      this.#logger.info({ files }, `${what} changed and was read again`);
    } catch (error) {
      const message = `${what} changed and cannot be used; what was read before stays in force`;
      this.#logger.warn({ files, error: errorChain(error) }, message);
    }
  }
}
