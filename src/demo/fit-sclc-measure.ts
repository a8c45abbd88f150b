/**
 * Makes the CT phantoms of the synthetic ES-SCLC cohorts and measures their features: the first step of the fits of
 * `es-sclc-os24-nomogram-demo` and `es-sclc-pfs-cox`. Run by `npm run fit:demo`; the same code gives the same features.
 */
import { availableParallelism } from 'node:os';
import { measureFeatures } from './fits/measure.ts';
import { drawSclcCohort, type SclcPlan, sclcSites } from './fits/sclc-cohort.ts';
import { writeSclcFeatures } from './fits/sclc-features-file.ts';
import { type SclcFeatures, sclcRequests } from './fits/sclc-measure.ts';

async function measureSite(name: keyof typeof sclcSites, plan: SclcPlan): Promise<SclcFeatures[]> {
  const persons = drawSclcCohort(plan).map((member, at) => sclcRequests(member, at, name === 'training'));
  const tables = await measureFeatures(persons, availableParallelism(), (done) => {
    if (done % 10 === 0) console.error(`SCLC, ${name} site: ${done} of ${plan.size} persons measured`);
  });
  // The requests have the names of `SclcFeatures`.
  return tables as unknown as SclcFeatures[];
}

const training = await measureSite('training', sclcSites.training);
const second = await measureSite('second', sclcSites.second);
console.error(`wrote ${writeSclcFeatures(training, second)}`);
