import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { Program } from '../program.ts';
import { requirePrograms } from './installed.ts';

/** The CNCF registry, over a directory of its own or of somebody else's. */
export interface RunningRegistry {
  readonly url: string;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** A directory for its configuration and, as for a mirror's process, its storage. */
  directory: string;
  /** What it is a mirror of; without, it is a plain registry. */
  upstream?: string;
}

export async function startDockerRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  requirePrograms(['docker-registry']);
  const port = await freePort();
  const file = join(options.directory, `registry-${port}.yml`);
  await writeFile(file, configuration(options, port));
  const program = new Program('docker-registry', ['serve', file]);
  const url = `http://127.0.0.1:${port}`;
  await program.until('listening', ({ stderr }) =>
    /listening on/.test(stderr) ? true : undefined,
  );
  return { url, stop: () => program.stop().then(() => undefined) };
}

function configuration({ directory, upstream }: RegistryOptions, port: number): string {
  return `version: 0.1
log:
  level: info
storage:
  filesystem:
    rootdirectory: ${directory}/storage
  delete:
    enabled: true
http:
  addr: 127.0.0.1:${port}
  draintimeout: 2s
${upstream === undefined ? '' : `proxy:\n  remoteurl: ${upstream}\n`}`;
}
