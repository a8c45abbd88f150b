import { deltaFeatures, type FeatureValues } from '../../models/deltas.ts';
import { featureName } from '../../models/feature-name.ts';
import type { ModelInput } from '../../models/model-schema.ts';
import { mean, populationVariance } from '../../statistics/standardise.ts';
import type { FeatureRequest, FeatureTable } from './measure.ts';
import type { BenefitMember } from './nsclc-benefit-cohort.ts';
import type { ColumnGroup } from './nsclc-forest-fit.ts';

/** Parameter file of the model's images. */
export const benefitProcessing = 'nsclc-2d-bw25.yaml';

/** One image feature as a column: its z-score in the training cohort. */
interface ImageColumn {
  readonly input: ModelInput;
  readonly values: Float64Array;
}

/** Values of one member by the model's name of the image or delta. */
export type ImageTable = Readonly<Record<string, FeatureValues>>;

const ofWhat: Readonly<Record<string, string>> = {
  baseline: 'baseline CT',
  firstFollowUp: 'first follow-up CT',
  secondFollowUp: 'second follow-up CT',
  change: 'net change to the first follow-up',
};

/** What is to be computed of a member's images. */
export function benefitRequests({ images }: BenefitMember): FeatureRequest[] {
  return Object.entries(images).flatMap(([name, phantom]) =>
    phantom === null ? [] : [{ name, phantom, region: { name: 'tumour' }, processing: benefitProcessing }],
  );
}

/** The visits of a member with the nearest one for a missing second follow-up, and the net change. */
export function imageTable({ baseline = {}, firstFollowUp = {}, secondFollowUp }: FeatureTable): ImageTable {
  return {
    baseline,
    firstFollowUp,
    secondFollowUp: secondFollowUp ?? firstFollowUp,
    change: deltaFeatures('net-change', baseline, firstFollowUp),
  };
}

/**
 * Groups of columns for a forest: each feature with its values of every image in `of`, standardised. A feature that is not a
 * number, or the same, in any column is left out.
 *
 * @param tables Training cohort.
 * @param of Images or deltas of the model.
 * @param units UCUM unit by feature key.
 */
export function imageGroups(
  tables: readonly ImageTable[],
  of: readonly string[],
  units: (feature: string) => string | null,
): { groups: ColumnGroup[]; inputs: ModelInput[] } {
  const features = Object.keys(tables[0]?.[of[0] ?? ''] ?? {});
  const inputs: ModelInput[] = [];
  const groups = features.flatMap((feature): ColumnGroup[] => {
    const columns = of.flatMap((image) => standardisedColumn(tables, image, feature, units(feature)) ?? []);
    if (columns.length < of.length) return [];
    inputs.push(...columns.map(({ input }) => input));
    return [{ columns: columns.map(({ input, values }) => ({ name: input.name, values })) }];
  });
  return { groups, inputs };
}

/** Values of an image input for any cohort, on the scale that the model's forests were fitted on. */
export function imageColumn({ name, from, transform }: ModelInput, tables: readonly ImageTable[]): Float64Array {
  const [step] = transform ?? [];
  if (!('feature' in from) || step === undefined || !('zScore' in step)) throw new RangeError(`${name}: no z-score`);
  const { zScore } = step;
  return rawColumn(tables, from.of, from.feature).map((value) => (value - zScore.mean) / zScore.sd);
}

function rawColumn(tables: readonly ImageTable[], image: string, feature: string): Float64Array {
  return Float64Array.from(tables, (table) => table[image]?.[feature] ?? Number.NaN);
}

function standardisedColumn(
  tables: readonly ImageTable[],
  image: string,
  feature: string,
  unit: string | null,
): ImageColumn | undefined {
  const raw = rawColumn(tables, image, feature);
  if (!raw.every(Number.isFinite)) return undefined;
  const zScore = { mean: mean(raw), sd: Math.sqrt(populationVariance(raw)) };
  if (!(zScore.sd > 1e-6 * Math.abs(zScore.mean))) return undefined;
  const [, featureClass = '', name = ''] = feature.split('_');
  const input: ModelInput = {
    name: `${image}${capital(featureClass)}${name}`,
    label: `${featureName(feature)}, ${ofWhat[image] ?? image}`,
    from: { feature, of: image },
    unit: image === 'change' ? null : unit,
    range: [Math.min(...raw), Math.max(...raw)],
    transform: [{ zScore }],
    mend: `a ${image === 'change' ? 'baseline and a first follow-up CT' : ofWhat[image]} with the primary tumour segmented`,
  };
  return { input, values: raw.map((value) => (value - zScore.mean) / zScore.sd) };
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
