import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Two ES modules without imports, as OHIF loads them by URL: its own React can't be shared, so ours is inside. */
await build({
  absWorkingDir: folder,
  entryPoints: { extension: 'src/extension.tsx', mode: 'src/mode.ts' },
  outdir: fileURLToPath(new URL('../dist/ohif', import.meta.url)),
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
