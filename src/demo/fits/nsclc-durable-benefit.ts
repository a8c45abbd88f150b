/**
 * Fits the demonstration model `nsclc-durable-benefit-rf` on synthetic cohorts: writes its forests, what was found (`fit.json`) and
 * the fitted parts of `model.json`, whose other parts are written by people and stay. The same code gives the same files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { loadFeatureCatalogue, meaningOf } from '../../assessment/feature-catalogue.ts';
import { packageRoot } from '../../config.ts';
import { modelSchema } from '../../models/model-schema.ts';
import { extractorVersion } from '../../radiomics/extractor.ts';
import { forestToJson } from '../../statistics/forest-json.ts';
import { measureFeatures, readProcessing } from './measure.ts';
import { modelFolder, writeFit } from './model-folder.ts';
import { type BenefitPlan, benefitSites, drawBenefitCohort, plantedBenefitEffects } from './nsclc-benefit-cohort.ts';
import { benefitSearch, fitBenefit, type MeasuredBenefitCohort, outcomesWithin } from './nsclc-benefit-fit.ts';
import { fittedModel, forestFile } from './nsclc-benefit-model.ts';
import { benefitPerformance, recoverBenefitEffects, shapDirections } from './nsclc-benefit-report.ts';
import { benefitProcessing, benefitRequests, imageTable } from './nsclc-image-columns.ts';

const id = 'nsclc-durable-benefit-rf';
const folder = modelFolder(id);

async function measure(name: string, plan: BenefitPlan): Promise<MeasuredBenefitCohort> {
  const members = drawBenefitCohort(plan);
  const tables = await measureFeatures(members.map(benefitRequests), availableParallelism(), (done) => {
    if (done % 10 === 0) console.error(`${name}: ${done} of ${members.length} persons measured`);
  });
  return { members, tables: tables.map(imageTable) };
}

function describe(plan: BenefitPlan, cohort: MeasuredBenefitCohort) {
  const events = (months: number) => outcomesWithin(months, cohort).reduce((sum, value) => sum + value, 0);
  return { ...plan, progressedWithin6Months: events(6), progressedWithin9Months: events(9) };
}

/** UCUM for the catalogue's units; a plain number has none. */
const ucum: Readonly<Record<string, string>> = {
  mm: 'mm',
  mm2: 'mm2',
  mm3: 'mm3',
  'mm-1': '/mm',
  intensity: "[hnsf'U]",
  intensity2: "[hnsf'U]2",
  'intensity2 mm3': "[hnsf'U]2.mm3",
};

function unitOf(): (feature: string) => string | null {
  const catalogue = loadFeatureCatalogue(path.join(packageRoot(), 'mappings'));
  const settings = readProcessing([benefitProcessing]).get(benefitProcessing)?.settings;
  if (settings === undefined) throw new RangeError(`${benefitProcessing}: not read`);
  return (feature) => ucum[meaningOf(catalogue, feature, settings)?.unit ?? '1'] ?? null;
}

function write(file: string, contents: object, indent?: number): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify(contents, null, indent)}\n`);
  console.error(`wrote ${file}`);
}

const written = modelSchema.parse(JSON.parse(readFileSync(path.join(folder, 'model.json'), 'utf8')));
const training = await measure('site A', benefitSites.training);
const second = await measure('site B', benefitSites.second);
const clinicalInputs = written.inputs.filter(({ from }) => 'fact' in from);
const fitted = fitBenefit(clinicalInputs, training, unitOf());
const performance = { training: benefitPerformance(fitted, training), second: benefitPerformance(fitted, second) };

for (const { months, member, fit } of fitted.forests) write(forestFile(months, member), forestToJson(fit.forest));
write('model.json', modelSchema.parse(fittedModel(written, fitted, training, performance.second)), 2);
writeFit(id, {
  notice:
    'Fitted on computed phantoms and invented laboratory values with an invented outcome: says nothing about people',
  madeBy: 'src/demo/fits/nsclc-durable-benefit.ts',
  extractorVersion,
  processing: benefitProcessing,
  plantedEffects: plantedBenefitEffects,
  training: describe(benefitSites.training, training),
  second: describe(benefitSites.second, second),
  // Of both sites, in a logistic model that sees what is hidden from the forests.
  recovered: recoverBenefitEffects([...training.members, ...second.members]),
  forests: fitted.forests.map(({ months, member, fit: { choice, crossValidatedAuc, columns } }) => {
    return { months, member, search: benefitSearch(member, months), choice, crossValidatedAuc, columns };
  }),
  shapDirections: { training: shapDirections(fitted, training), second: shapDirections(fitted, second) },
  performance,
});
