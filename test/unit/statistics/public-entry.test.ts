import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config.ts';
import * as statistics from '../../../src/statistics/statistics.ts';

const root = packageRoot();
const page = readFileSync(path.join(root, 'docs/statistics.md'), 'utf8');
const examples = [...page.matchAll(/^## (.+)$[^#]*?^```js\n([\s\S]*?)^```$/gm)].map(([, title, code]) => ({
  title,
  code,
}));

describe('deltascope/statistics, as a package is imported', () => {
  it('has an example for each part of its page', () => {
    expect(examples.length).toBe(page.match(/^## /gm)?.length);
  });

  it.each(examples)('example runs: $title', ({ code }) => {
    // The package resolves its own name through `exports`, so the example runs on the build as a user's program would.
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module'], { cwd: root, input: code, stdio: 'pipe' });
    expect(run).not.toThrow();
  });

  it('has every function in the table of names and deviations, and no other', () => {
    const table = readFileSync(path.join(root, 'docs/statistics-names.md'), 'utf8');
    const first = table.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? []);
    const listed = first.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    const functions = Object.entries(statistics).filter(
      ([name, value]) => typeof value === 'function' && name !== 'StatisticsError',
    );
    expect(listed.sort()).toEqual(functions.map(([name]) => name).sort());
  });
});
