import type { Finding } from '../domain/upkeep/finding.ts';
import { type Verified, VerifyStorage } from '../domain/upkeep/verify-storage.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { sizeInWords } from './in-words.ts';
import { onStorage } from './on-storage.ts';
import type { Surroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';

/** `kagami verify`: looks through the storage, says what is wrong with it, and mends it if told so. */
export async function verify(
  surroundings: Surroundings,
  path: string | undefined,
  isRepair: boolean,
): Promise<ExitCode> {
  const { print } = surroundings;
  return onStorage(surroundings, { path, isReadOnly: false }, async ({ container }) => {
    const ports = {
      storage: container.get(TOKENS.storage),
      links: container.get(TOKENS.links),
      hasher: container.get(TOKENS.hasher),
    };
    const told = (finding: Finding, mended: boolean): void => print(sentence(finding, mended));
    const verified = await new VerifyStorage(ports, isRepair, told).run();
    print(summary(verified, isRepair));
    return verified.mended === verified.findings ? EXIT.ok : EXIT.failure;
  });
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
  const size = 'size' in finding ? ` (${sizeInWords(finding.size)})` : '';
  return `${found}: ${name}${size}${mended ? `: ${done}` : ''}`;
}

function summary(verified: Verified, isRepair: boolean): string {
  const { blobs, bytes, repositories, findings, mended, reclaimed } = verified;
  const seen = `${blobs} blobs (${sizeInWords(bytes)}) in ${repositories} repositories`;
  if (findings === 0) return `${seen}: all is well`;
  if (!isRepair) return `${seen}: ${findings} findings; kagami verify --repair mends them`;
  return `${seen}: ${findings} findings, ${mended} mended, ${sizeInWords(reclaimed)} reclaimed`;
}
