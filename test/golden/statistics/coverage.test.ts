import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasOracles, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';

describe.skipIf(!hasOracles)(`references of the statistics module (skips if: ${oracleSkipReason})`, () => {
  test('each is compared field by field in one of these files', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
    const sources = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'));
    const covered = sources.flatMap((source) =>
      [...source.matchAll(/\bunreadFields\('(\w+)'/g)].map(([, method]) => method),
    );
    expect(covered.sort()).toEqual(readdirSync(oraclePath('statistics')).sort());
  });
});
