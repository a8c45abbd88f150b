import path from 'node:path';
import type { Assessment } from '../../src/assessment/assessment.ts';
import { buildAssessment } from '../../src/assessment/assessment.ts';
import { type ClinicalContent, loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import type { FeatureSeries, LesionOutline, PatientCourse } from '../../src/assessment/course-types.ts';
import { loadFeatureCatalogue } from '../../src/assessment/feature-catalogue.ts';
import type { PublishableResult, PublishServices } from '../../src/assessment/publish-results.ts';
import { packageRoot } from '../../src/config.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { isoDate, textOf } from '../../src/dicomweb/dataset.ts';
import type { DicomInstance } from '../../src/dicomweb/instance.ts';
import { loadResultCodes } from '../../src/dicomweb/objects/result-codes.ts';
import { createFhirClient, type FhirSource } from '../../src/fhir/client.ts';
import { readClinicalFacts } from '../../src/fhir/read-facts.ts';
import { createFhirWriter } from '../../src/fhir/write-back/fhir-writer.ts';
import { regionId } from '../../src/models/image-schema.ts';
import type { Phase } from '../../src/models/phase.ts';
import type { PublicationStore } from '../../src/store/publications.ts';
import type { FeatureSetRecord } from '../../src/store/records.ts';
import { readInstances } from '../helpers/dicom-objects.ts';
import { madeUpExtractor, madeUpHash } from '../helpers/made-up-features.ts';

export const mappingsFolder = path.join(packageRoot(), 'mappings');
export const content: ClinicalContent = loadClinicalContent(mappingsFolder);
const catalogue = loadFeatureCatalogue(mappingsFolder);

/** The day on which the patient is assessed. */
const referenceDate = '2026-11-20';

export interface PublishedPatient {
  readonly id: string;
  /** Part 10 files of CT and segmentations. */
  readonly files: readonly Uint8Array[];
  readonly bundle: ReturnType<typeof createPatient>['bundle'];
  readonly featureSets: readonly FeatureSetRecord[];
}

/**
 * A synthetic patient with images, and features of them that are made up: each value lies `shift` standard deviations from the mean of
 * its signature.
 */
export async function publishedPatient(id: string, shift = 0.731): Promise<PublishedPatient> {
  const patient = syntheticPatients.find((one) => one.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  const { bundle, dicomSeries } = createPatient(patient, referenceDate);
  const series = [...dicomSeries()];
  const featureSets: FeatureSetRecord[] = [];
  for (const files of series) {
    const [image, seg] = await readInstances([files[0] as Uint8Array, files.at(-1) as Uint8Array]);
    featureSets.push(...featuresOf(`Patient/${id}`, image as DicomInstance, seg as DicomInstance, shift));
  }
  return { id, files: series.flat(), bundle, featureSets };
}

function featuresOf(patient: string, image: DicomInstance, seg: DicomInstance, shift: number): FeatureSetRecord[] {
  const description = textOf(image.dataset, 'SeriesDescription');
  const phase: Phase = description?.includes('venous') ? 'venous' : 'plain';
  const studyDate = isoDate(textOf(image.dataset, 'StudyDate'));
  return content.models.flatMap((model) =>
    model.images.flatMap(({ name, processing, region, phases }): FeatureSetRecord[] => {
      if (!phases.includes(phase)) return [];
      const terms = model.signatures.flatMap(({ terms: all }) => all.filter(({ of }) => of === name));
      return [
        {
          StudyInstanceUID: String(image.dataset.StudyInstanceUID),
          SeriesInstanceUID: String(image.dataset.SeriesInstanceUID),
          segSOPInstanceUID: seg.SOPInstanceUID,
          segmentNumber: 1,
          region: regionId(region),
          settingsHash: madeUpHash,
          extractorVersion: madeUpExtractor,
          patient,
          studyDate,
          phase,
          phaseReason: null,
          processing,
          features: {
            ...deltaFeatures(model, name, shift),
            ...Object.fromEntries(
              terms.map(({ feature, mean, sd, beta }) => [feature, mean + shift * sd * Math.sign(beta)]),
            ),
          },
          SeriesDescription: description,
          ConvolutionKernel: null,
          SliceThickness: 3,
          mask: { type: 'MANUAL', algorithm: null, author: null, date: studyDate, segmentLabel: 'Primary tumour' },
          computedAt: `${referenceDate}T12:00:00Z`,
        },
      ];
    }),
  );
}

/** Features of both images of a relative delta, so that the delta lies `shift` standard deviations from its mean. */
function deltaFeatures(model: (typeof content.models)[number], image: string, shift: number): Record<string, number> {
  const second = 1000 / 7;
  return Object.fromEntries(
    model.deltas.flatMap(({ name, of }) => {
      if (!of.includes(image)) return [];
      const terms = model.signatures.flatMap(({ terms: all }) => all.filter((term) => term.of === name));
      return terms.map(({ feature, mean, sd, beta }) => {
        const delta = mean + shift * sd * Math.sign(beta);
        return [feature, image === of[0] ? second * (1 - delta) : second];
      });
    }),
  );
}

/** Assesses the patient as the record stands. */
export async function assessCase(
  fhir: FhirSource,
  { id, featureSets }: Pick<PublishedPatient, 'id' | 'featureSets'>,
  createdAt = `${referenceDate}T15:04:05.000Z`,
): Promise<PublishableResult> {
  const facts = await readClinicalFacts(fhir, id, {
    mappings: content.mappings,
    asOf: new Date(createdAt),
    prefetch: {},
  });
  const assessment = buildAssessment({
    id: `assessment-${createdAt}`,
    createdAt,
    facts,
    featureSets,
    settingsHashes: Object.fromEntries(content.processing.map(({ name }) => [name, madeUpHash])),
    imagingStatus: {
      patient: `Patient/${id}`,
      state: 'ready',
      code: null,
      message: null,
      selection: [],
      updatedAt: createdAt,
    },
    models: content.models,
    contextFacts: content.contextFacts,
    versions: { deltascope: '0.1.0', extractor: madeUpExtractor },
    previous: undefined,
  });
  return { assessment, course: courseOf(assessment, featureSets), board: null };
}

/** A course with one lesion, with every feature of the sets. */
function courseOf({ subject, synthetic, asOf }: Assessment, sets: readonly FeatureSetRecord[]): PatientCourse {
  const studies = [...new Map(sets.map((set) => [set.StudyInstanceUID, set])).values()];
  const outlines = [...new Map(sets.map((set) => [set.SeriesInstanceUID, set])).values()].map(
    ({ StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, segmentNumber, studyDate, phase, mask }, at) => ({
      ...{ StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, segmentNumber, studyDate, phase, mask },
      keySOPInstanceUID: null,
      volumeMl: 41 / 3 + at,
      axialDiameterMm: 29 / 7 + at,
      diameterMm: null,
      current: true,
    }),
  ) satisfies LesionOutline[];
  return {
    subject,
    synthetic,
    asOf,
    person: { name: 'Synthetic Person', sex: 'female', birthDate: null, PatientIDs: [] },
    therapy: [],
    progressions: [],
    labs: [],
    studies: studies.map(({ StudyInstanceUID, studyDate }) => ({
      StudyInstanceUID,
      studyDate,
      visits: ['baseline'],
      label: 'Baseline',
    })),
    lesions: [
      {
        key: 'primary-tumour',
        label: 'Primary tumour',
        site: 'Lung',
        primary: true,
        kind: 'primary-tumour',
        outlines,
        features: sets.flatMap(featureSeries),
      },
    ],
  };
}

function featureSeries(set: FeatureSetRecord): FeatureSeries[] {
  const { region, phase, processing, StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID } = set;
  return Object.entries(set.features).map(([feature, value]) => {
    const entry = catalogue.features[feature.slice(feature.indexOf('_') + 1)];
    return {
      ...{ feature, region, phase, processing },
      label: feature,
      unit: null,
      unitText: '',
      usedBy: [],
      ibsiId: entry?.ibsi?.id ?? null,
      contribution: null,
      points: [
        {
          StudyInstanceUID,
          date: set.studyDate,
          value,
          absoluteDelta: null,
          relativeDelta: null,
          sources: [StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID],
        },
      ],
    };
  });
}

/** A page of nothing, long enough not to fit one packet. */
export const madeUpPdf: Uint8Array = Buffer.from(`%PDF-1.4\n%${'x'.repeat(150_001)}\n%%EOF\n`);

export interface ServicesOptions {
  readonly fhirUrl: string;
  readonly dicomwebUrl: string;
  readonly store: PublicationStore;
  readonly dicomweb?: DicomwebClient;
}

/** What publishing needs, over the given servers. */
export function publishServices({ fhirUrl, dicomwebUrl, store, dicomweb }: ServicesOptions): PublishServices {
  return {
    dicomweb: dicomweb ?? createDicomwebClient({ url: dicomwebUrl }),
    fhir: createFhirClient({ baseUrl: fhirUrl }),
    writer: createFhirWriter({ baseUrl: fhirUrl }),
    store,
    terms: {
      codes: loadResultCodes(mappingsFolder),
      catalogue,
      settingsHashes: Object.fromEntries(content.processing.map(({ name }) => [name, madeUpHash])),
    },
    regions: content.models.flatMap(({ images }) => images.map(({ region }) => region)),
    renderPdf: async () => madeUpPdf,
  };
}
