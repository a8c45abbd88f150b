import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { packageRoot } from '../../src/config.ts';

/** Compiles the demonstration page, so that a test never looks at an older build. */
export function buildPage(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'src/demo/page/tsconfig.json'], { cwd: packageRoot() });
}
