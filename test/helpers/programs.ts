import { spawnSync } from 'node:child_process';

/** Whether these programs can be run here. */
export function programsAvailable(...names: readonly string[]): boolean {
  return names.every((name) => spawnSync(name, ['--version']).error === undefined);
}

/** Said by a test that is skipped without them. */
export function programsSkipReason(...names: readonly string[]): string {
  return `needs ${names.join(' and ')}: apt-get install ${names.join(' ')}`;
}
