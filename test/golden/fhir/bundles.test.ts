import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClinicalFacts } from '../../../src/fhir/facts.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import { type Bundle, bundleResources, type Resource } from '../../../src/fhir/resources.ts';
import { mappings } from '../../helpers/fhir-resources.ts';
import { hasOracles, oracleJson, oraclePath, oracleSkipReason } from '../../helpers/oracles.ts';

const now = new Date('2026-11-21T12:00:00Z');

/** The newest fact of each key, how many there are, and what was set aside. */
function summaryOf({ patient, timeline, problems }: ClinicalFacts): unknown {
  const keys = [...new Set(timeline.map(({ key }) => key))].toSorted();
  const facts = keys.map((key) => {
    const [fact, ...older] = timeline.filter((each) => each.key === key);
    const { value, unit, date, status } = fact!;
    return [key, { value, unit, date, status, source: fact!.sources[0], older: older.length }];
  });
  return { patient, facts: Object.fromEntries(facts), problems: problems.map(({ code, text }) => `${code}: ${text}`) };
}

function summariesOf(resources: readonly Resource[]): string {
  const ids = resources.flatMap((each) => (each.resourceType === 'Patient' && 'id' in each ? [String(each.id)] : []));
  const options = { mappings, asOf: now, now };
  const patients = ids.map((id) => [id, summaryOf(factsFromResources(resources, id, options))]);
  return `${JSON.stringify(Object.fromEntries(patients), null, 2)}\n`;
}

const resourcesOf = (file: string) => {
  const content = oracleJson<Resource>(`fhir/${file}`);
  return content.resourceType === 'Bundle' ? bundleResources(content as Bundle) : [content];
};
const filesOf = (folder: string) =>
  readdirSync(oraclePath(`fhir/${folder}`)).filter((name) => name.endsWith('.json') && !name.startsWith('_'));
const bundles = hasOracles
  ? ['synthea', 'mii', 'mcode-stu4-examples'].flatMap((folder) =>
      filesOf(folder)
        .filter((name) => folder !== 'mcode-stu4-examples' || name.startsWith('Bundle-'))
        .map((name) => `${folder}/${name}`),
    )
  : [];

const title = hasOracles ? 'facts of bundles made by others' : `facts of bundles (skipped: ${oracleSkipReason})`;

describe.skipIf(!hasOracles)(title, () => {
  test.each(bundles)('%s', async (file) => {
    const name = path.basename(file, '.json').replace(/^Bundle-/, '');
    await expect(summariesOf(resourcesOf(file))).toMatchFileSnapshot(`./${name}.snap`);
  });

  test('mCODE examples, single resources of seven patients', async () => {
    const singles = filesOf('mcode-stu4-examples').filter((name) => !name.startsWith('Bundle-'));
    const resources = singles.flatMap((name) => resourcesOf(`mcode-stu4-examples/${name}`));
    await expect(summariesOf(resources)).toMatchFileSnapshot('./mcode-single-resources.snap');
  });
});
