import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { checkTypes, projectWithPackage } from '../support/packed-package.ts';
import { run } from '../support/program.ts';
import { testSuite } from '../support/suite.ts';

/** A program in TypeScript that uses much of what the package exports. */
const PROGRAM = `
import { strictEqual } from 'node:assert';
import {
  createMirror, image, imageIndex, ConfigProblems, StorageFailed, isDigest, parseDigest, resolveRange,
  type BlobStore, type ByteRange, type EmbeddedMirror, type MirrorOptions, type MirrorStats,
  type OpenBlob, type RecordStore, type StagedBlob, type StorageEngine, type StoragePlugin,
  type Upstream, type UpstreamPlugin,
} from 'kagami-registry';
import { storageEngineContract, upstreamContract, type DefineTest } from 'kagami-registry/testing';

const options: MirrorOptions = {
  upstream: [image('library/app:1.0', { files: { '/hello': 'world' }, platform: 'linux/arm64' })],
  storage: 'memory',
  http: { limits: { connections: 10 }, headers: { 'X-Test': ['a'] } },
  proxy: { tags: { maxage: '1m', rules: [{ match: '**', immutable: true }] }, options: undefined },
};
// @ts-expect-error -- there is no such option
const wrong: MirrorOptions = { upstreem: [] };
const module: MirrorOptions = { storage: { 'module:./a.js': { bucket: 'a' }, verify: 'onread' } };

const mirror: EmbeddedMirror = await createMirror({ ...options, proxy: { retries: 1 } });
const off: () => void = mirror.on('blob-stored', ({ digest, size }) => void [digest.length, size + 1]);
// @ts-expect-error -- there is no such event
void (() => mirror.on('nothing', () => {}));
const { hits }: MirrorStats = mirror.stats();
off();
const answer = await fetch(mirror.url + '/v2/library/app/manifests/1.0');
strictEqual(answer.status, 200);
await answer.arrayBuffer();
await mirror[Symbol.asyncDispose]();
strictEqual(hits, 0);

type Ports = [BlobStore, ByteRange, OpenBlob, RecordStore, StagedBlob, StorageEngine, Upstream];
export const engineOf = (engine: StorageEngine): Ports[0] => engine.blobs;
export const storage: StoragePlugin<{ a: string }> = { create: ({ a }) => { throw new StorageFailed(a); } };
export const upstream: UpstreamPlugin = { create: () => { throw new Error(); } };
const test: DefineTest = (name, body) => void [name, body];
void [wrong, module, imageIndex, ConfigProblems, isDigest, parseDigest, resolveRange, storageEngineContract, upstreamContract, test];
`;

function tsconfig(more: Record<string, unknown>, include: string[]): string {
  const compilerOptions = {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    ...more,
  };
  return JSON.stringify({ compilerOptions, include });
}

testSuite('the package as it is published', (it) => {
  it('is imported, and makes a mirror', async () => {
    const project = await projectWithPackage();
    const program = join(project, 'program.mjs');
    const code = `
      import { createMirror, image } from 'kagami-registry';
      const app = image('library/app:1.0');
      const mirror = await createMirror({ upstream: [app] });
      const { headers } = await fetch(mirror.url + '/v2/library/app/manifests/1.0', { method: 'HEAD' });
      console.log(headers.get('docker-content-digest') === app.digest);
      await mirror.close();`;
    await writeFile(program, code);
    assert.is(await run(process.execPath, [program]), 'true\n');
  });

  it('has types that hold without leaving out any check', async () => {
    const project = await projectWithPackage();
    await writeFile(join(project, 'program.mts'), PROGRAM);
    await writeFile(
      join(project, 'tsconfig.json'),
      tsconfig({ skipLibCheck: false }, ['program.mts']),
    );
    await checkTypes(project);
  });

  it('has examples whose types hold', async () => {
    const project = await projectWithPackage();
    const config = tsconfig({ allowJs: true, checkJs: true, skipLibCheck: true }, ['**/*.js']);
    await writeFile(join(project, 'examples/tsconfig.json'), config);
    await checkTypes(join(project, 'examples'));
  });
});
