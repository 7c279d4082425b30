import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemClock } from '../../src/adapters/system/system-clock.ts';
import type { ExitCode } from '../../src/app/exit-code.ts';
import type { Surroundings } from '../../src/app/surroundings.ts';
import { type EmbeddedMirror, embeddedMirror } from './embedded-mirror.ts';
import { type HubDouble, startHub } from './hub/hub-double.ts';
import { pullByTag } from './pulls.ts';
import { type TempDirectory, tempDirectory } from './temp-directory.ts';

/** What a command ended with, and what it said. */
export interface Said {
  readonly code: ExitCode;
  readonly lines: readonly string[];
}

/** Nobody stops it. */
function stopSignal(): Promise<string> {
  return new Promise(() => {});
}

/** A Hub, a directory that mirrors keep images in, and commands that are run on it. */
export class CommandScene {
  readonly hub: HubDouble;
  readonly directory: TempDirectory;

  constructor(hub: HubDouble, directory: TempDirectory) {
    this.hub = hub;
    this.directory = directory;
  }

  get storage(): string {
    return join(this.directory.path, 'storage');
  }

  mirror(env: Record<string, string> = {}): Promise<EmbeddedMirror> {
    const storage = {
      STORAGE: 'filesystem',
      STORAGE_FILESYSTEM_ROOTDIRECTORY: this.storage,
    };
    // The same as of commands: another would pull in times that are yet to come.
    const clock = new SystemClock();
    return embeddedMirror({ upstream: this.hub.url, env: { ...storage, ...env }, clock });
  }

  /** Pulls through a mirror that is there for that alone. */
  async pull(...images: readonly (readonly [repository: string, tag: string])[]): Promise<void> {
    const mirror = await this.mirror();
    try {
      for (const [repository, tag] of images) await pullByTag(mirror.url, repository, tag);
    } finally {
      await mirror.close();
    }
  }

  /** Runs a command with the file of a mirror of this Hub, in this directory. */
  async run(
    command: (surroundings: Surroundings, config: string) => Promise<ExitCode>,
    more = '',
  ): Promise<Said> {
    const file = join(this.directory.path, 'config.yml');
    const storage = `storage: {filesystem: {rootdirectory: ${this.storage}}}`;
    const proxy = `proxy: {remoteurl: ${this.hub.url}${more === '' ? '' : `, ${more}`}}`;
    await writeFile(file, `version: 0.1\n${storage}\n${proxy}\n`);
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const surroundings = { env: {}, version: 'test', complain: print, print, stopSignal };
    return { code: await command(surroundings, file), lines };
  }

  /** As if all that was pulled of a repository had been pulled so long ago. */
  async pulledBefore(repository: string, ms: number): Promise<void> {
    const path = this.pullsOf(repository);
    const pulls = JSON.parse(await readFile(path, 'utf8')) as Record<string, number>;
    const before = Object.keys(pulls).map((digest) => [digest, Date.now() - ms]);
    await writeFile(path, JSON.stringify(Object.fromEntries(before)));
  }

  /** Where is written down when manifests of a repository were pulled. */
  pullsOf(repository: string): string {
    return join(this.storage, 'kagami/access', repository, '_pulls');
  }

  /** All that is kept in the storage, with what tells whether it was written to. */
  async files(): Promise<string[]> {
    const all = await readdir(this.storage, { recursive: true });
    const kept = all.filter((name) => !/^kagami(\/(leases|staging)|$)/.test(name));
    const found = kept.sort().map(async (name) => {
      const { mtimeMs, ino } = await stat(join(this.storage, name));
      return `${name} ${ino} ${mtimeMs}`;
    });
    return Promise.all(found);
  }

  /** The same, when a mirror has written what it had to write behind its answers. */
  async settledFiles(): Promise<string[]> {
    for (let before = await this.files(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const now = await this.files();
      if (now.join('\n') === before.join('\n')) return now;
      before = now;
    }
  }

  async close(): Promise<void> {
    await this.hub.close();
    await this.directory.remove();
  }
}

export async function commandScene(): Promise<CommandScene> {
  return new CommandScene(await startHub({ auth: false }), await tempDirectory());
}
