import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';

const root = packageRoot();
const depcruise = path.join(root, 'node_modules/.bin/depcruise');

/** One forbidden import for each rule: the file it is planted in, and what it imports. */
const planted = [
  { rule: 'pure-numerics', file: 'src/radiomics/kernels/planted.ts', imports: 'node:fs' },
  { rule: 'pure-numerics', file: 'src/statistics/planted.ts', imports: '../radiomics/volume.ts' },
  { rule: 'pure-radiomics', file: 'src/radiomics/planted.ts', imports: '../log.ts' },
  { rule: 'radiomics-no-io', file: 'src/radiomics/classes/planted.ts', imports: 'node:fs' },
  { rule: 'pure-models', file: 'src/models/planted.ts', imports: '../radiomics/volume.ts' },
  { rule: 'adapters', file: 'src/fhir/planted.ts', imports: '../dicomweb/types.ts' },
  { rule: 'adapters', file: 'src/store/planted.ts', imports: '../assessment/assessment.ts' },
  { rule: 'use-cases', file: 'src/assessment/planted.ts', imports: '../jobs/imaging-queue.ts' },
  { rule: 'report-presents', file: 'src/assessment/planted.ts', imports: '../report/board-report.ts' },
  { rule: 'figures', file: 'src/figures/planted.ts', imports: '../fhir/facts.ts' },
  { rule: 'running', file: 'src/jobs/planted.ts', imports: '../../cds-hooks/app.ts' },
  { rule: 'one-app-factory', file: 'src/http/app.ts', imports: '../../cds-hooks/card.ts' },
  { rule: 'no-host-imports-host', file: 'src/cli/planted.ts', imports: '../../cds-hooks/card.ts' },
  { rule: 'extension-types-only', file: 'ohif-extension/src/planted.ts', imports: '../../src/config.ts' },
  { rule: 'no-dev-package-outside-demo', file: 'src/http/planted.ts', imports: '@medplum/core' },
  { rule: 'resolvable', file: 'src/http/planted.ts', imports: './not-there.ts' },
];

let tree: string;

/** Runs the project's own rules over a copy of its sources. */
function violations(): { rule: string; from: string }[] {
  // Into a file: a program that exits may lose what it has not written to a pipe yet.
  const report = path.join(tree, 'report.json');
  const rules = ['--config', '.dependency-cruiser.json', '--output-type', 'json', '--output-to', report];
  spawnSync(depcruise, [...rules, 'src', 'cds-hooks', 'ohif-extension/src'], { cwd: tree });
  const { summary } = JSON.parse(readFileSync(report, 'utf8')) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

describe('import rules', () => {
  beforeAll(() => {
    tree = mkdtempSync(path.join(tmpdir(), 'deltascope-imports-'));
    for (const name of [
      'src',
      'cds-hooks',
      'ohif-extension',
      'mappings/lesion-kinds.json',
      'package.json',
      'tsconfig.json',
      '.dependency-cruiser.json',
    ]) {
      cpSync(path.join(root, name), path.join(tree, name), { recursive: true });
    }
    mkdirSync(path.join(tree, 'src/statistics'), { recursive: true });
    symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it('the project breaks none', () => {
    expect(violations()).toEqual([]);
  });

  it('each rule catches a planted violation', () => {
    for (const { file, imports } of planted) {
      const target = path.join(tree, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, `import * as planted from '${imports}';\nexport const used = planted;\n`, { flag: 'a' });
    }
    const caught = violations();
    for (const { rule, file } of planted) expect(caught).toContainEqual({ rule, from: file });
  });
});
