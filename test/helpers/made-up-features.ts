import type { RegisteredModel } from '../../src/models/registry.ts';
import type { FeatureSetRecord } from '../../src/store/records.ts';

/** What `settingsHashes` says for every file of these records. */
export const madeUpHash = 'made-up';
export const madeUpExtractor = 'made-up';

/**
 * Feature sets with which every image of the models is there. The values are made up: each lies `shift` standard deviations from the
 * mean of its signature, on the side that raises the score.
 *
 * @param studyDate YYYY-MM-DD.
 */
export function madeUpFeatures(
  models: readonly RegisteredModel[],
  patient: string,
  studyDate: string,
  shift: number,
): FeatureSetRecord[] {
  return models.flatMap((model) =>
    model.images.map(({ processing, region, phases }): FeatureSetRecord => {
      const phase = phases.includes('venous') ? 'venous' : (phases[0] ?? 'unknown');
      return {
        StudyInstanceUID: `2.25.1${studyDate.replaceAll('-', '')}`,
        SeriesInstanceUID: `2.25.2${studyDate.replaceAll('-', '')}${phase.length}`,
        segSOPInstanceUID: `2.25.3${studyDate.replaceAll('-', '')}`,
        segmentNumber: 1,
        region: region.name === 'ring' ? `ring-${region.growMm}-${region.shrinkMm}` : 'tumour',
        settingsHash: madeUpHash,
        extractorVersion: madeUpExtractor,
        patient,
        studyDate,
        phase,
        phaseReason: 'ContrastBolusAgent present',
        processing,
        features: featureValues(model, shift),
        SeriesDescription: null,
        ConvolutionKernel: null,
        SliceThickness: 3,
        mask: { type: 'SEMIAUTOMATIC', algorithm: null, author: null, date: studyDate, segmentLabel: 'Primary tumour' },
        computedAt: `${studyDate}T12:00:00Z`,
      };
    }),
  );
}

function featureValues(model: RegisteredModel, shift: number): Record<string, number> {
  const terms = model.signatures.flatMap((signature) => signature.terms);
  return Object.fromEntries([
    ...model.inputs.flatMap(({ from, range = [0, 1] }) =>
      'feature' in from ? [[from.feature, (range[0] + range[1]) / 2]] : [],
    ),
    ...terms.map(({ feature, mean, sd, beta }) => [feature, mean + shift * sd * Math.sign(beta)]),
  ]);
}
