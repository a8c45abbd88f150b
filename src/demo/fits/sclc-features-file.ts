import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../config.ts';
import { extractorVersion } from '../../radiomics/extractor.ts';
import { createRandom, dealFolds } from '../../statistics/random.ts';
import { drawSclcCohort, type SclcMember, type SclcPlan, sclcSites } from './sclc-cohort.ts';
import type { SclcFeatures } from './sclc-measure.ts';

/** What `fit-sclc-measure.ts` leaves for the fits: always measured anew by `npm run fit:demo`, no cache. */
interface FeaturesFile {
  readonly extractorVersion: string;
  readonly plans: typeof sclcSites;
  readonly training: readonly SclcFeatures[];
  readonly second: readonly SclcFeatures[];
}

/** A person of a cohort with the features of the images. */
export type MeasuredMember = SclcMember & { readonly features: SclcFeatures };

export interface MeasuredSites {
  readonly training: readonly MeasuredMember[];
  readonly second: readonly MeasuredMember[];
}

/** Where the features stand between the steps: neither versioned nor packed. */
const defaultFile = path.join(packageRoot(), 'node_modules', '.cache', 'fit-demo', 'sclc-features.json');

/**
 * Writes the features of both sites between the steps of `npm run fit:demo`.
 *
 * @returns The file written.
 */
export function writeSclcFeatures(
  training: readonly SclcFeatures[],
  second: readonly SclcFeatures[],
  file = defaultFile,
): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const content: FeaturesFile = { extractorVersion, plans: sclcSites, training, second };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/**
 * Both cohorts with their features.
 *
 * @throws RangeError if the features were measured on other cohorts or by another extractor.
 */
export function readSclcFeatures(file = defaultFile): MeasuredSites {
  // JSON has no NaN: an undefined feature was written as null.
  const revive = (_: string, value: unknown) => (value === null ? Number.NaN : value);
  const read = JSON.parse(readFileSync(file, 'utf8'), revive) as FeaturesFile;
  if (read.extractorVersion !== extractorVersion || JSON.stringify(read.plans) !== JSON.stringify(sclcSites)) {
    throw new RangeError(
      `${file}: measured on other cohorts or by another extractor; run npm run fit:demo from its start`,
    );
  }
  const join = (plan: SclcPlan, features: readonly SclcFeatures[]) =>
    drawSclcCohort(plan).map((member, at) => {
      const own = features[at];
      if (own === undefined) throw new RangeError(`${file}: ${features.length} persons, expected ${plan.size}`);
      return { ...member, features: own };
    });
  return { training: join(sclcSites.training, read.training), second: join(sclcSites.second, read.second) };
}

/** Number of folds, and the seed by which persons are dealt into them. */
export const sclcFolds = { count: 10, seed: 5 } as const;

/**
 * Deals persons into folds, those with and those without the event separately: each fold has its share of events.
 *
 * @param events 0 or 1 a person.
 */
export function foldsByEvent(events: ArrayLike<number>): Uint16Array {
  const random = createRandom(sclcFolds.seed);
  const folds = new Uint16Array(events.length);
  for (const kind of [0, 1]) {
    const rows = Array.from(events, (event, row) => (event === kind ? row : -1)).filter((row) => row >= 0);
    dealFolds(random, rows.length, sclcFolds.count).forEach((fold, at) => {
      folds[rows[at] ?? 0] = fold;
    });
  }
  return folds;
}
