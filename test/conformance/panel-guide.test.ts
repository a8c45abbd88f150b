import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { errorTable } from '../../src/errors.ts';
import { describePanel } from '../../src/http/api/openapi.ts';

const guide = readFileSync(path.join(packageRoot(), 'docs/panel-api.md'), 'utf8');
const { paths } = describePanel();

describe('docs/panel-api.md', () => {
  it('explains every failure of the panel API, with its status', () => {
    const rows = [...guide.matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(([, code = '', status]) => [
      code,
      Number(status),
    ]);
    for (const [code, status] of rows) expect(errorTable, `${code}`).toHaveProperty([`${code}`, 'status'], status);
    const described = [...JSON.stringify(paths).matchAll(/"description":"((?:[A-Z_]{6,}(?:, )?)+)"/g)].flatMap(
      ([, codes = '']) => codes.split(', '),
    );
    expect([...new Set(described)].sort()).toEqual(rows.map(([code]) => code).sort());
  });

  it('names every path', () => {
    for (const each of Object.keys(paths)) {
      expect(guide).toContain(each.replace('{figure}', '{n}.svg'));
    }
  });
});
