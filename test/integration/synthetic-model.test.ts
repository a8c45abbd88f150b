import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { type FittedSignature, signatureScore } from '../../src/demo/fit-demo-signature.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { readSegment } from '../../src/dicomweb/segmentation.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { extractFeatures, extractorVersion } from '../../src/radiomics/extractor.ts';
import { parseParameters } from '../../src/radiomics/parameters.ts';
import { readInstances } from '../helpers/dicom-objects.ts';

interface FitFile {
  extractorVersion: string;
  processing: string;
  signature: FittedSignature;
  cutoff: number;
  recovered: { name: string; agrees: boolean }[];
  patients: { id: string; beforeScore: number; probability: number }[];
}

const mappings = path.join(packageRoot(), 'mappings');
const fit = JSON.parse(
  readFileSync(path.join(mappings, 'models', 'es-sclc-os24-nomogram', 'fit.json'), 'utf8'),
) as FitFile;
const parameters = parseParameters(
  readFileSync(path.join(mappings, 'processing', fit.processing), 'utf8'),
  fit.processing,
);

function patientOf(id: string) {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  return patient;
}

describe('fit of the demonstration model', () => {
  // When this fails, phantoms or extractor have changed: run src/demo/fit-demo-model.ts again and update model.json.
  test.each(['synthetic-aster', 'synthetic-birch'])(
    '%s: the stored fit belongs to the images as they are made now',
    async (id) => {
      const series = [...createPatient(patientOf(id), '2026-11-21').dicomSeries()];
      const venous = await readInstances(series[1]!);
      const read = buildVolume(venous.slice(0, -1));
      expect(read.SeriesDescription).toBe('Chest venous phase');
      const { mask } = readSegment(venous.at(-1)!, read, 1);
      const score = signatureScore(fit.signature, extractFeatures(read.volume, mask, parameters).features);
      expect(score).toBeCloseTo(fit.patients.find((patient) => patient.id === id)!.beforeScore, 9);
      expect(fit.extractorVersion).toBe(extractorVersion);
    },
  );

  test('the high-risk patient is above the cut-off, the low-risk patient below', () => {
    const probability = (id: string) => fit.patients.find((patient) => patient.id === id)!.probability;
    expect(probability('synthetic-aster')).toBeGreaterThan(fit.cutoff);
    expect(probability('synthetic-birch')).toBeLessThan(0.5 * fit.cutoff);
  });

  test('the planted effects lie in the 95% intervals of the fit', () => {
    expect(fit.recovered.map(({ name, agrees }) => [name, agrees])).toEqual([
      ['beforeScore', true],
      ['age', true],
      ['nStage', true],
    ]);
  });
});
