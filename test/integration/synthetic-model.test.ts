import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { readProcessing, regionOf } from '../../src/demo/fits/measure.ts';
import { drawSclcCohort, sclcSites } from '../../src/demo/fits/sclc-cohort.ts';
import type { NomogramFit } from '../../src/demo/fits/sclc-nomogram-fit.ts';
import { plantedDeathEffects, plantedProgressionEffects } from '../../src/demo/fits/sclc-outcomes.ts';
import type { PfsFit } from '../../src/demo/fits/sclc-pfs-fit.ts';
import {
  deathTraits,
  progressionClinical,
  progressionTraits,
  replicateDeath,
  replicateProgression,
} from '../../src/demo/fits/sclc-replicates.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createPhantom, type Phantom } from '../../src/demo/phantom/phantom.ts';
import { readSegment } from '../../src/dicomweb/segmentation.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { evaluateModel } from '../../src/models/evaluate.ts';
import type { ModelData, ModelResult, NamedValue } from '../../src/models/model-result.ts';
import { modelSchema } from '../../src/models/model-schema.ts';
import type { RegisteredModel } from '../../src/models/registry.ts';
import { extractFeatures, extractorVersion } from '../../src/radiomics/extractor.ts';
import { wald95 } from '../../src/statistics/logistic.ts';
import { readInstances } from '../helpers/dicom-objects.ts';

const folder = path.join(packageRoot(), 'mappings', 'models');

function readJson(id: string, file: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, id, file), 'utf8'));
}

function modelOf(id: string): RegisteredModel {
  return { ...modelSchema.parse(readJson(id, 'model.json')), hash: 'not looked at here', forests: new Map() };
}

const nomogram = modelOf('es-sclc-os24-nomogram-demo');
const nomogramFit = readJson('es-sclc-os24-nomogram-demo', 'fit.json') as NomogramFit;
const pfs = modelOf('es-sclc-pfs-cox');
const pfsFit = readJson('es-sclc-pfs-cox', 'fit.json') as PfsFit;

const asOf = '2026-11-21';
const units: Readonly<Record<string, string>> = { age: 'a' };

/** A patient of the models' population before therapy, with phantoms as baseline images. */
function dataOf(facts: Readonly<Record<string, number>>, phantoms: { plain?: Phantom; venous: Phantom }): ModelData {
  const known: Readonly<Record<string, number | string>> = { histology: 'sclc', extent: 'extensive', ...facts };
  const fact = (key: string): NamedValue | undefined => {
    const value = known[key];
    return value === undefined
      ? undefined
      : { value, unit: units[key] ?? null, date: asOf, sources: ['Observation/1'] };
  };
  return {
    asOf,
    synthetic: true,
    fact,
    features: (image) => {
      const phase = image.phases[0] === 'plain' ? 'plain' : 'venous';
      const phantom = phantoms[phase];
      if (image.visit !== 'baseline' || phantom === undefined) return { gap: 'no such CT' };
      const parameters = readProcessing([image.processing]).get(image.processing)!;
      const { features } = extractFeatures(phantom.volume, regionOf(phantom, image.region), parameters);
      return {
        found: {
          ...{ features, visit: 'baseline', phase, phaseReason: null, studyDate: asOf, SeriesDescription: null },
          ...{ sliceThicknessMm: 3, sources: ['1.2.3', `1.2.3.${phase}`] },
          mask: { type: 'MANUAL', algorithm: null, author: null, date: asOf, segmentLabel: 'tumour' },
        },
      };
    },
  };
}

function assess(model: RegisteredModel, data: ModelData): ModelResult {
  const result = evaluateModel(model, data, {});
  expect(result.reasons).toEqual([]);
  return result;
}

function score(result: ModelResult, name: string): number {
  return result.signatures.find((signature) => signature.name === name)!.score;
}

// When one of these fails, phantoms or extractor have changed since the fit: run `npm run fit:demo`.
describe('stored fits belong to phantoms and extractor as they are now', () => {
  test('both were measured by this version of the extractor', () => {
    expect([nomogramFit.extractorVersion, pfsFit.extractorVersion]).toEqual([extractorVersion, extractorVersion]);
  });

  test('a person of the second site, measured anew, has the stored scores and results in both models', () => {
    const member = drawSclcCohort(sclcSites.second)[0]!;
    const venous = createPhantom(member.images.venous);
    const data = dataOf({ ...member.clinical }, { venous, plain: createPhantom(member.images.plain) });
    const stored = nomogramFit.checks[0]!;
    const death = assess(nomogram, data);
    expect(score(death, 'before')).toBeCloseTo(stored.beforeScore, 9);
    expect(score(death, 'relative')).toBeCloseTo(stored.relativeScore, 9);
    expect(death.outcomes[0]!.value).toBeCloseTo(stored.probability, 9);
    const progression = assess(pfs, data);
    expect(score(progression, 'radiomics')).toBeCloseTo(pfsFit.checks[0]!.radiomicsScore, 9);
    expect(progression.outcomes[0]!.value).toBeCloseTo(pfsFit.checks[0]!.relativeHazard, 8);
  }, 60_000);
});

describe('planted effects', () => {
  interface Term {
    readonly name: string;
    readonly coefficient: number;
    readonly standardError: number;
  }
  const estimate = (terms: readonly Term[], name: string) => terms.find((term) => term.name === name)!;

  test.each([
    ['age', nomogramFit.logistic.terms, plantedDeathEffects.age],
    ['nStage', nomogramFit.logistic.terms, plantedDeathEffects.nStage],
    ...progressionClinical.map((name) => [name, pfsFit.cox.terms, plantedProgressionEffects[name]] as const),
  ] as const)('%s lies in the 95%% interval of the fit, and 0 does not', (name, terms, planted) => {
    const { coefficient, standardError } = estimate(terms, name);
    expect(Math.abs(coefficient - planted)).toBeLessThan(wald95 * standardError);
    expect(Math.abs(coefficient)).toBeGreaterThan(wald95 * standardError);
  });

  test('T, N, M, ECOG and LIPI lie together in the 95% region of the fit', () => {
    expect(pfsFit.recoveredTogether.df).toBe(5);
    expect(pfsFit.recoveredTogether.p).toBeGreaterThan(0.05);
  });

  test('images that show the hidden trait raise the risk', () => {
    for (const { coefficient, standardError } of [
      estimate(nomogramFit.logistic.terms, 'beforeScore'),
      estimate(pfsFit.cox.terms, 'radiomicsScore'),
    ]) {
      expect(coefficient).toBeGreaterThan(wald95 * standardError);
    }
  });

  describe('over 200 other outcomes of the same persons, with the stored scores in place of the hidden traits', () => {
    const persons = drawSclcCohort(sclcSites.training);
    const score = (name: string, values: readonly number[]) => {
      return { name, planted: 'positive' as const, values: Float64Array.from(values) };
    };
    const { before, relative } = nomogramFit.outOfFold;
    const death = replicateDeath(persons, [
      score('beforeScore', before),
      { ...score('relativeScore', relative), planted: null },
      ...deathTraits(persons).slice(1),
    ]);
    const progression = replicateProgression(persons, [
      score('radiomicsScore', pfsFit.outOfFold),
      ...progressionTraits(persons).slice(1),
    ]);

    test('coverage and power are those of the folders', () => {
      expect(death).toEqual(nomogramFit.replicates.withScores);
      expect(progression).toEqual(pfsFit.replicates.withScores);
    });

    // 190 of 200 are expected; fewer than 180 or more than 198 would be less than one in a thousand.
    test.each(progression)('progression, $name: about 95% of the intervals hold it, hardly any holds 0', (effect) => {
      if (effect.covered !== null) expect(effect.covered).toBeGreaterThanOrEqual(0.9);
      if (effect.covered !== null) expect(effect.covered).toBeLessThanOrEqual(0.99);
      expect(effect.detected).toBeGreaterThanOrEqual(0.95);
    });

    // What the scores do not tell of the hidden trait makes all effects of a logistic model smaller.
    test.each(death)('death, $name: most of the intervals hold it, hardly any holds 0', (effect) => {
      if (effect.covered !== null) expect(effect.covered).toBeGreaterThanOrEqual(0.85);
      expect(effect.detected).toBeGreaterThanOrEqual(0.95);
    });
  });
});

describe('demonstration patients, images read back from DICOM', () => {
  /** Plain scan and venous phase, as the archive serves them. */
  async function imagesOf(id: string): Promise<{ plain: Phantom; venous: Phantom }> {
    const patient = syntheticPatients.find((candidate) => candidate.id === id)!;
    const series = [...createPatient(patient, asOf).dicomSeries()];
    const read = async (files: Uint8Array[], description: string): Promise<Phantom> => {
      const instances = await readInstances(files);
      const found = buildVolume(instances.slice(0, -1));
      expect(found.SeriesDescription).toBe(description);
      return { volume: found.volume as Phantom['volume'], mask: readSegment(instances.at(-1)!, found, 1).mask };
    };
    return { plain: await read(series[0]!, 'Chest plain'), venous: await read(series[1]!, 'Chest venous phase') };
  }

  const clinicalOf = (id: string) => {
    const { ageYears, stage, ecog } = syntheticPatients.find((candidate) => candidate.id === id)!;
    return { age: ageYears, tStage: stage.t!, nStage: stage.n!, mStage: stage.m!, ecog: ecog!.score };
  };

  test('the aggressive tumour of an old patient is high risk in both models, the mild one of a young patient low', async () => {
    const aster = dataOf({ ...clinicalOf('synthetic-aster'), lipi: 2 }, await imagesOf('synthetic-aster'));
    const birch = dataOf({ ...clinicalOf('synthetic-birch'), lipi: 0 }, await imagesOf('synthetic-birch'));
    const [asterDeath, birchDeath] = [assess(nomogram, aster), assess(nomogram, birch)];
    expect([asterDeath.group, birchDeath.group]).toEqual(['high', 'low']);
    const [asterPfs, birchPfs] = [assess(pfs, aster), assess(pfs, birch)];
    expect([asterPfs.group, birchPfs.group]).toEqual(['high', 'low']);
    expect(score(asterPfs, 'radiomics')).toBeGreaterThan(score(birchPfs, 'radiomics'));
    for (const { risks } of asterPfs.outcomes) {
      expect(risks.map(({ months }) => months)).toEqual([6, 12]);
      expect(risks[1]!.probability).toBeGreaterThan(risks[0]!.probability);
    }
  }, 120_000);

  test('without a plain scan the nomogram says what is missing, and shows no probability', () => {
    const member = drawSclcCohort(sclcSites.second)[1]!;
    const result = evaluateModel(
      nomogram,
      dataOf({ ...member.clinical }, { venous: createPhantom(member.images.venous) }),
      {},
    );
    expect(result.status).toBe('not-assessable');
    expect(result.outcomes).toEqual([]);
    expect(result.reasons.join()).toContain('Relative-delta');
    expect(result.warnings.map(({ code }) => code)).toContain('SIGNATURE_ALONE');
  }, 60_000);

  test('a record that is not marked as synthetic gets no result', () => {
    const member = drawSclcCohort(sclcSites.second)[1]!;
    const data = {
      ...dataOf({ ...member.clinical }, { venous: createPhantom(member.images.venous) }),
      synthetic: false,
    };
    for (const model of [nomogram, pfs]) expect(evaluateModel(model, data, {}).status).toBe('not-applicable');
  });
});
