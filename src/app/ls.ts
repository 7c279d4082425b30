import { isNamedBy } from '../domain/upkeep/image-choice.ts';
import type { ImageList, ListedImage } from '../domain/upkeep/list-images.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { namedImages } from './image-arguments.ts';
import { imageName, shortDigest } from './image-name.ts';
import { ageInWords, countInWords, sizeInWords } from './in-words.ts';
import { onStorage } from './on-storage.ts';
import type { Surroundings } from './surroundings.ts';
import { type Column, tableLines } from './table.ts';
import { TOKENS } from './tokens.ts';

export interface LsOptions {
  readonly config?: string;
  /** Whether digests are whole. */
  readonly long: boolean;
  /** For programs. */
  readonly json: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: 'IMAGE' },
  { title: 'DIGEST' },
  { title: 'PLATFORMS' },
  { title: 'SIZE', isRight: true },
  { title: 'OWN', isRight: true },
  { title: 'AGE', isRight: true },
  { title: 'LAST PULL', isRight: true },
];

/** `kagami ls`: the images in storage. Reads, and writes nothing. */
export function ls(
  surroundings: Surroundings,
  patterns: readonly string[],
  { config: path, long, json }: LsOptions,
): Promise<ExitCode> {
  const { print } = surroundings;
  return onStorage(surroundings, { path, isReadOnly: true }, async ({ container, config }) => {
    const named = namedImages(patterns, config);
    const list = await container.get(TOKENS.listImages).run((image) => isNamedBy(named, image));
    const nowMs = container.get(TOKENS.clock).now();
    for (const line of json ? jsonLines(list) : lines(list, nowMs, long)) print(line);
    return EXIT.ok;
  });
}

function lines({ images, storedBytes }: ImageList, nowMs: number, isLong: boolean): string[] {
  const ago = (ms: number | undefined): string => (ms === undefined ? '-' : ageInWords(nowMs - ms));
  const rows = images.map((image) => [
    imageName(image),
    isLong ? image.digest : shortDigest(image.digest),
    image.platforms.join(', ') || '-',
    sizeInWords(image.bytes),
    sizeInWords(image.ownBytes),
    ago(image.storedAtMs),
    ago(image.lastPullMs),
  ]);
  const sum = `${countInWords(images.length, 'image')}; ${sizeInWords(storedBytes)} are stored`;
  return images.length === 0 ? [sum] : [...tableLines(COLUMNS, rows), sum];
}

/** One document, with an image on each line. */
function jsonLines({ images }: ImageList): string[] {
  const last = images.length - 1;
  const items = images.map(
    (image, at) => `  ${JSON.stringify(asJson(image))}${at < last ? ',' : ''}`,
  );
  return ['[', ...items, ']'];
}

function asJson(image: ListedImage): object {
  const { repository, tags, digest, platforms, bytes, ownBytes, storedAtMs, lastPullMs } = image;
  return {
    repository,
    tags,
    digest,
    platforms,
    size: bytes,
    ownSize: ownBytes,
    storedAt: timeOf(storedAtMs),
    lastPulledAt: timeOf(lastPullMs),
  };
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
