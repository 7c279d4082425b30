import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'));

/**
 * Takes in what is loaded by `createRequire` at a moment of its own choice, as what is imported; it
 * is still loaded at that moment.
 */
const LATE_PACKAGES: Plugin = {
  name: 'late packages',
  setup: (builds) => {
    builds.onLoad({ filter: /\/undici\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace('createRequire(import.meta.url)(', 'require(');
      if (contents === source) throw new Error(`${path} does not load what it is bundled for`);
      return { contents, loader: 'ts' };
    });
  },
};

const COMMON = {
  absWorkingDir: ROOT,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
} as const;

/**
 * `dist`, or the folder that is named: a few files in place of nine hundred, most of them in packages, which take twice as long to
 * find and to read. What is seldom needed, such as the S3 client, is in files of its own.
 */
await rm(DIST, { recursive: true, force: true });
await build({
  ...COMMON,
  entryPoints: ['src/app/main.ts', 'src/app/index.ts', 'src/testing/index.ts'],
  outdir: DIST,
  outbase: 'src',
  chunkNames: 'app/[name]-[hash]',
  format: 'esm',
  bundle: true,
  splitting: true,
  sourcemap: true,
  // Half a megabyte less to read at each start; Node shows the line that an uncaught error is in.
  minifyWhitespace: true,
  lineLimit: 200,
  // Has a part that is not JavaScript.
  external: ['bcrypt'],
  // For those packages that are CommonJS.
  banner: {
    js: "import { createRequire as kagamiCreateRequire } from 'node:module'; const require = kagamiCreateRequire(import.meta.url);",
  },
  plugins: [LATE_PACKAGES],
});
await build({
  ...COMMON,
  entryPoints: ['src/app/kagami.cts'],
  outfile: join(DIST, 'app/kagami.cjs'),
  format: 'cjs',
});
