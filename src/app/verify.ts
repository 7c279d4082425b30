import prettyBytes from 'pretty-bytes';
import { createLogger } from '../adapters/telemetry/logger.ts';
import { StorageFailed } from '../domain/errors.ts';
import type { Finding } from '../domain/upkeep/finding.ts';
import { type Verified, VerifyStorage } from '../domain/upkeep/verify-storage.ts';
import { createContainer } from './container.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { readAdapters, readConfiguration, type Surroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';

/** `kagami verify`: looks through the storage, says what is wrong with it, and mends it if told so. */
export async function verify(
  surroundings: Surroundings,
  path: string | undefined,
  isRepair: boolean,
): Promise<ExitCode> {
  const { complain, print, version } = surroundings;
  const loaded = readConfiguration(surroundings, path);
  if (loaded === undefined) return EXIT.usage;
  if (loaded.config.storage.driver === 'inmemory') {
    complain('kagami: what is in memory is in the running mirror alone, and cannot be looked at');
    return EXIT.usage;
  }
  const logger = createLogger(loaded.config.log, { write: complain });
  const adapters = await readAdapters(surroundings, loaded, (message) => logger.warn(message));
  if (adapters === undefined) return EXIT.usage;
  const container = createContainer(loaded.config, logger, version, adapters);
  const storage = container.get(TOKENS.storage);
  const ports = {
    storage,
    links: container.get(TOKENS.links),
    hasher: container.get(TOKENS.hasher),
  };
  try {
    await storage.start();
    const told = (finding: Finding, mended: boolean): void => print(sentence(finding, mended));
    const verified = await new VerifyStorage(ports, isRepair, told).run();
    print(summary(verified, isRepair));
    return verified.mended === verified.findings ? EXIT.ok : EXIT.failure;
  } catch (error) {
    if (!(error instanceof StorageFailed)) throw error;
    complain(`kagami: ${error.message}`);
    return EXIT.storage;
  } finally {
    await storage.close();
  }
}

const WHAT: Record<Finding['kind'], readonly [found: string, mended: string]> = {
  'damaged-blob': ['damaged blob', 'set aside'],
  'no-blob': ["not a blob at a blob's place", 'removed'],
  'orphan-blob': ['blob that nothing points to', 'removed'],
  'broken-link': ['broken link', 'removed'],
  'dangling-link': ['link to what is not here', 'removed'],
  'leaked-upload': ['unfinished upload', 'removed'],
};

function sentence(finding: Finding, mended: boolean): string {
  const [found, done] = WHAT[finding.kind];
  const name = 'digest' in finding ? finding.digest : finding.key;
  const size = 'size' in finding ? ` (${binary(finding.size)})` : '';
  return `${found}: ${name}${size}${mended ? `: ${done}` : ''}`;
}

function summary(verified: Verified, isRepair: boolean): string {
  const { blobs, bytes, repositories, findings, mended, reclaimed } = verified;
  const seen = `${blobs} blobs (${binary(bytes)}) in ${repositories} repositories`;
  if (findings === 0) return `${seen}: all is well`;
  if (!isRepair) return `${seen}: ${findings} findings; kagami verify --repair mends them`;
  return `${seen}: ${findings} findings, ${mended} mended, ${binary(reclaimed)} reclaimed`;
}

function binary(bytes: number): string {
  return prettyBytes(bytes, { binary: true });
}
