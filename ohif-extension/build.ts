import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const outdir = fileURLToPath(new URL('../dist/ohif', import.meta.url));
const ofPackage = fileURLToPath(new URL('dist', import.meta.url));

/** Two ES modules without imports, as OHIF loads them by URL: its own React can't be shared, so ours is inside. */
await build({
  absWorkingDir: folder,
  entryPoints: { extension: 'src/extension.tsx', mode: 'src/mode.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.css': 'text' },
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
});
// The package exports the same files, so that a build of OHIF needs no loader for them.
await rm(ofPackage, { recursive: true, force: true });
await cp(outdir, ofPackage, { recursive: true });
