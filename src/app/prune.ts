import type { ByteSize } from '../domain/upkeep/byte-size.ts';
import { type Fate, PruneBusy, type PruneOrder, type PruneReport } from '../domain/upkeep/prune.ts';
import { GivenUp } from '../domain/upkeep/take-inventory.ts';
import type { Why } from '../domain/upkeep/verdict.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { namedImages } from './image-arguments.ts';
import { imageName, shortDigest } from './image-name.ts';
import { ageInWords, countInWords, sizeInWords } from './in-words.ts';
import { onStorage } from './on-storage.ts';
import type { Surroundings } from './surroundings.ts';
import { type Column, tableLines } from './table.ts';
import { TOKENS } from './tokens.ts';

export interface PruneOptions {
  readonly config?: string;
  /** In milliseconds. */
  readonly olderThan?: number;
  readonly to?: ByteSize;
  readonly dryRun: boolean;
}

/** `kagami prune`: removes images now, and says what goes and what stays, and why. */
export function prune(
  surroundings: Surroundings,
  patterns: readonly string[],
  options: PruneOptions,
): Promise<ExitCode> {
  const { complain, print } = surroundings;
  const { config: path, olderThan: olderThanMs, to, dryRun } = options;
  const signal = { isGivenUp: false };
  void surroundings.stopSignal().then(() => {
    signal.isGivenUp = true;
  });
  return onStorage(surroundings, { path, isReadOnly: dryRun }, async ({ container, config }) => {
    const order = { named: namedImages(patterns, config), olderThanMs, to };
    const use = container.get(TOKENS.prune);
    try {
      const report = await (dryRun ? use.foretell(order, signal) : use.carryOut(order, signal));
      for (const line of lines(report, order, dryRun)) print(line);
      return isDone(report, order, dryRun) ? EXIT.ok : EXIT.failure;
    } catch (error) {
      if (!(error instanceof PruneBusy || error instanceof GivenUp)) throw error;
      const isBusy = error instanceof PruneBusy;
      complain(`kagami: ${isBusy ? error.message : 'stopped before anything was removed'}`);
      return EXIT.failure;
    }
  });
}

const COLUMNS: readonly Column[] = [
  { title: 'IMAGE' },
  { title: 'DIGEST' },
  { title: 'SIZE', isRight: true },
  { title: 'FREES', isRight: true },
  { title: 'LAST PULL', isRight: true },
  { title: '' },
  { title: 'WHY' },
];

function lines(report: PruneReport, order: PruneOrder, isDryRun: boolean): string[] {
  // Of those that nobody asked for there may be any number.
  const shown = report.fates.filter(({ why }) => why !== 'not named');
  const rows = shown.map((fate) => row(fate, report.nowMs, reasons(order), isDryRun));
  const table = rows.length === 0 ? [] : tableLines(COLUMNS, rows);
  return [...table, ...sums(report, order, isDryRun)];
}

function row(
  fate: Fate,
  nowMs: number,
  reason: Readonly<Record<Why, string>>,
  isDryRun: boolean,
): string[] {
  const { image, bytes, frees, why } = fate;
  return [
    imageName(image),
    shortDigest(image.digest),
    sizeInWords(bytes),
    goes(fate, isDryRun) ? sizeInWords(frees ?? 0) : '-',
    ageInWords(nowMs - image.lastPullMs),
    goes(fate, isDryRun) ? 'goes' : 'stays',
    obstacle(fate, isDryRun) ?? reason[why],
  ];
}

function goes({ frees, outcome }: Fate, isDryRun: boolean): boolean {
  return frees !== undefined && (isDryRun || outcome === 'removed');
}

/** Why an image is still here that was to go. */
function obstacle({ frees, outcome }: Fate, isDryRun: boolean): string | undefined {
  if (frees === undefined || isDryRun || outcome === 'removed') return undefined;
  if (outcome === 'failed') return 'could not be removed';
  return outcome ?? 'stopped before';
}

function reasons({ named, olderThanMs, to }: PruneOrder): Readonly<Record<Why, string>> {
  const isNamedAlone = named.length > 0 && olderThanMs === undefined && to === undefined;
  return {
    expired: isNamedAlone ? 'named' : 'last pull too long ago',
    'over budget': isNamedAlone ? 'named' : 'more than may stay',
    'kept by pattern': 'kept by proxy.cache.keep',
    'not named': 'not named',
    busy: 'in use',
    'recent enough': 'recent enough',
  };
}

function sums(report: PruneReport, order: PruneOrder, isDryRun: boolean): string[] {
  const { fates, orphans, bytesBefore, bytesAfter, maxBytes } = report;
  const gone = fates.filter((fate) => goes(fate, isDryRun)).length;
  const others = orphans === 0 ? '' : ` and ${countInWords(orphans, 'blob')} that no image needs`;
  const freed = sizeInWords(bytesBefore - bytesAfter);
  const left = `${countInWords(fates.length - gone, 'image')}, ${sizeInWords(bytesAfter)}`;
  const sum = `${isDryRun ? 'would remove' : 'removed'} ${countInWords(gone, 'image')}${others}, ${freed}; left: ${left}`;
  if (isWithin(report, order)) return [sum];
  return [sum, `that is more than ${sizeInWords(maxBytes)}, and all of it has a reason to stay`];
}

function isWithin({ bytesAfter, maxBytes }: PruneReport, order: PruneOrder): boolean {
  const isByName = order.named.length > 0 && order.to === undefined;
  return isByName || bytesAfter <= maxBytes;
}

function isDone(report: PruneReport, order: PruneOrder, isDryRun: boolean): boolean {
  const isLeft = report.fates.some((fate) => {
    const why = obstacle(fate, isDryRun);
    return why !== undefined && why !== 'pulled meanwhile';
  });
  return !isLeft && isWithin(report, order);
}
