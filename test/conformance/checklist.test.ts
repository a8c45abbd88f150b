import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { conformanceTable } from './conformance-table.ts';
import { requirements } from './requirements.ts';

describe('the checklist', () => {
  const titles = titlesByNumber();

  it.each(requirements.filter(({ level }) => level === 'must' || level === 'should'))(
    '$number ($level) is covered: $text',
    ({ number, note }) => {
      expect(titles.has(number) || note !== undefined, `no test names ${number}`).toBe(true);
    },
  );

  it('docs/cds-hooks-conformance.md is this table (vitest -u writes it)', async () => {
    const file = path.join(packageRoot(), 'docs/cds-hooks-conformance.md');
    await expect(conformanceTable(requirements, titles)).toMatchFileSnapshot(file);
  });

  it('no test names a number that is not on the list', () => {
    const known = new Set(requirements.map(({ number }) => number));
    expect([...titles.keys()].filter((number) => !known.has(number))).toEqual([]);
  });
});

/** Titles of all tests of the repository that begin with requirement numbers, by number: `J5: refuses none`. */
function titlesByNumber(): Map<string, string[]> {
  const folder = path.join(packageRoot(), 'test');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  const found = new Map<string, string[]>();
  for (const file of files.sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, numbers = ''] of text.matchAll(/['"`]((?:[GDPCHARKSLYFJOU]\d{1,2}(?:, )?)+): /g)) {
      for (const number of numbers.split(', ')) {
        const known = found.get(number) ?? [];
        if (!known.includes(file)) found.set(number, [...known, file]);
      }
    }
  }
  return found;
}
