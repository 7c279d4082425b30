/**
 * Pulls an image through a mirror twice and shows what came from where:
 *
 *     npm run demo
 *
 * The upstream is a directory made on the spot, so no network is needed. The mirror is the built
 * command, or the entry file that is given as argument.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DemoFailure } from './demo-failure.ts';
import { MirrorProcess } from './mirror-process.ts';
import { progressOn } from './progress.ts';
import { type Pull, Puller } from './puller.ts';
import { pullReport, requireFromStorage, type SourcedStep, withSources } from './report.ts';
import { REPOSITORY, TAG, writeSampleUpstream } from './sample-upstream.ts';

const MAIN = process.argv[2] ?? fileURLToPath(new URL('../dist/app/kagami.cjs', import.meta.url));

async function pullWithProgress(registry: string): Promise<Pull> {
  const progress = progressOn(process.stdout);
  try {
    return await new Puller(registry, REPOSITORY, progress).pull(TAG);
  } finally {
    progress.done();
  }
}

async function pullAndReport(mirror: MirrorProcess, title: string): Promise<SourcedStep[]> {
  const logFrom = mirror.logLength;
  console.log(`\n${title}: ${REPOSITORY}:${TAG}\n`);
  const pull = await pullWithProgress(await mirror.url());
  const steps = await withSources(pull, mirror, logFrom);
  console.log(`\n${pullReport(steps, pull.ms)}`);
  return steps;
}

/** A mirror's `config.yml`; JSON is YAML too. */
function configOf(upstream: string, storage: string): string {
  return JSON.stringify({
    version: '0.1',
    log: { formatter: 'json' },
    http: { addr: '127.0.0.1:0' },
    storage: { filesystem: { rootdirectory: storage } },
    proxy: { remoteurl: pathToFileURL(upstream).href },
  });
}

async function demo(directory: string, interrupted: AbortSignal): Promise<void> {
  const upstream = join(directory, 'upstream');
  const config = join(directory, 'config.yml');
  await writeSampleUpstream(upstream);
  await writeFile(config, configOf(upstream, join(directory, 'storage')));
  interrupted.throwIfAborted();
  const mirror = new MirrorProcess(MAIN, config);
  // Without the mirror the pull ends in an error, after which everything is cleaned up as usual.
  interrupted.addEventListener('abort', () => void mirror.stop());
  try {
    console.log(`A mirror of ${upstream} listens on ${await mirror.url()}`);
    await pullAndReport(mirror, 'First pull');
    requireFromStorage(await pullAndReport(mirror, 'Second pull'));
  } finally {
    await mirror.stop();
  }
}

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
const directory = await mkdtemp(join(tmpdir(), 'kagami-demo-'));
try {
  await demo(directory, interrupt.signal);
} catch (error) {
  process.exitCode = interrupt.signal.aborted ? 130 : 1;
  if (interrupt.signal.aborted) console.error('\nThe demo was stopped.');
  else if (error instanceof DemoFailure) console.error(`\nThe demo failed: ${error.message}`);
  else throw error;
} finally {
  await rm(directory, { recursive: true, force: true });
}
