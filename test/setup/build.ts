import { execFileSync } from 'node:child_process';
import { packageRoot } from '../../src/config.ts';

/** Builds once before all tests: worker threads and the page run from the build, and must not be an older one. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: packageRoot(), stdio: 'inherit' });
}
