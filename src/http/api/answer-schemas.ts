import { z } from 'zod';
import type { PatientCourse } from '../../assessment/course-types.ts';
import { imagingVisits } from '../../models/image-schema.ts';
import { phases } from '../../models/phase.ts';
import type { AnalysisState, AssessmentHistory, LesionRisk, MeasuredRegion } from './panel-types.ts';

const text = z.string();
const texts = z.array(text);
const dateOrNull = text.nullable().describe('ISO date; null where there is none');
const group = z.enum(['low', 'intermediate', 'high']).nullable();

/** `AnalysisState`. */
export const analysisState = z.strictObject({
  state: z.enum(['pending', 'running', 'ready', 'none', 'failed']),
  share: z.number().min(0).max(1).nullable().describe('share done, while it runs in this process'),
  code: text.nullable().describe('why there is nothing, or what failed'),
  message: text.nullable(),
  updatedAt: text.nullable(),
}) satisfies z.ZodType<AnalysisState>;

/** `AssessmentHistory`. */
export const assessmentHistory = z.strictObject({
  assessments: z.array(
    z.strictObject({
      id: text,
      asOf: text,
      createdAt: text,
      group,
      statement: text,
      segmentations: texts.describe('SOPInstanceUIDs of the SEGs that its features were taken from'),
    }),
  ),
}) satisfies z.ZodType<AssessmentHistory>;

const mask = z.strictObject({
  type: text,
  algorithm: text.nullable(),
  author: text.nullable(),
  date: dateOrNull,
  segmentLabel: text,
});

const outline = z.strictObject({
  StudyInstanceUID: text,
  SeriesInstanceUID: text,
  segSOPInstanceUID: text,
  segmentNumber: z.number().int(),
  studyDate: dateOrNull,
  phase: z.enum(phases),
  mask,
  keySOPInstanceUID: text.nullable().describe('image with the largest area'),
  volumeMl: z.number().nullable(),
  axialDiameterMm: z.number().nullable(),
  diameterMm: z.number().nullable(),
  current: z.boolean().describe('false for one that a newer outline has replaced'),
});

const featureSeries = z.strictObject({
  feature: text,
  region: text,
  phase: z.enum(phases),
  processing: text,
  label: text,
  unit: text.nullable().describe('UCUM'),
  unitText: text,
  ibsiId: text.nullable(),
  usedBy: z.array(z.strictObject({ model: text, title: text })).describe('models that take it; empty for the size'),
  contribution: z.strictObject({ model: text, title: text, value: z.number(), scale: text }).nullable(),
  points: z.array(
    z.strictObject({
      StudyInstanceUID: text,
      date: dateOrNull,
      value: z.number(),
      absoluteDelta: z.number().nullable(),
      relativeDelta: z.number().nullable(),
      sources: texts,
    }),
  ),
});

/** `PatientCourse`. */
export const patientCourse = z.strictObject({
  subject: text,
  synthetic: z.boolean(),
  asOf: text,
  person: z.strictObject({
    name: text.nullable(),
    sex: text.nullable(),
    birthDate: text.nullable(),
    PatientIDs: texts,
  }),
  therapy: z.array(
    z.strictObject({
      line: z.number().int(),
      regimen: text,
      regimenClass: text.nullable(),
      start: text,
      end: text,
      sources: texts,
    }),
  ),
  progressions: z.array(z.strictObject({ date: text, sources: texts })),
  labs: z.array(
    z.strictObject({
      key: text,
      label: text,
      unit: text.nullable().describe('UCUM'),
      unitText: text,
      points: z.array(
        z.strictObject({ date: text, value: z.number(), upperLimit: z.number().nullable(), sources: texts }),
      ),
    }),
  ),
  studies: z.array(
    z.strictObject({
      StudyInstanceUID: text,
      studyDate: dateOrNull,
      visits: z.array(z.enum(imagingVisits)),
      label: text,
    }),
  ),
  lesions: z.array(
    z.strictObject({
      key: text,
      label: text,
      kind: text,
      site: text.nullable(),
      primary: z.boolean(),
      otherTrackingUIDs: texts.exactOptional().describe('further TrackingUIDs of its current outlines'),
      outlines: z.array(outline),
      features: z.array(featureSeries),
    }),
  ),
}) satisfies z.ZodType<PatientCourse>;

/** `Assessment`, as far as a client must understand it; `src/assessment/assessment.ts` has the rest. */
export const assessment = z.looseObject({
  format: z.number().int(),
  id: z.uuid(),
  subject: text,
  synthetic: z.boolean(),
  asOf: text,
  createdAt: text,
  models: z.array(z.looseObject({ status: z.enum(['assessed', 'not-assessable', 'not-applicable']), group })),
  combined: z.strictObject({ group, statement: text, conflict: z.boolean(), demonstration: z.boolean() }),
  problems: z.array(z.looseObject({ code: text, text })),
  unread: texts,
});

const lesionRisk = z.strictObject({
  lesion: text.describe('key of the lesion'),
  group,
  text,
  change: text.nullable(),
  changeSinceBaseline: text.nullable(),
}) satisfies z.ZodType<LesionRisk>;

/** `PanelView`. */
export const panelView = z.strictObject({
  patient: z.strictObject({ reference: text, name: text.nullable(), PatientIDs: texts, synthetic: z.boolean() }),
  assessment,
  fresh: z.boolean().describe('false where the last answer is given again: ask with fresh=1'),
  models: z.array(z.looseObject({ model: text, title: text, standing: text, clinical: z.boolean() })),
  course: patientCourse,
  lesionRisks: z.array(lesionRisk),
  analysis: analysisState,
  stale: text.nullable().describe('what is not included yet'),
  notices: texts.describe('what one must know before any number'),
  figures: z.array(z.strictObject({ model: text, label: text, href: text })),
  links: z.strictObject({ report: text.nullable(), modelCards: z.record(text, text) }),
});

/** `MeasuredRegion`. */
export const measuredRegion = z.strictObject({
  StudyInstanceUID: text,
  SOPInstanceUID: text.describe('of the segmentation'),
  segmentNumber: z.number().int(),
  region: text,
  SeriesInstanceUID: text.describe('of the CT'),
  columns: z.number().int(),
  rows: z.number().int(),
  extractorVersion: text.describe('of the extractor, which makes the region'),
  images: z
    .array(
      z.strictObject({
        SOPInstanceUID: text,
        runs: z
          .array(z.number().int())
          .describe('start and length of each run in turn; the index of a pixel is column + columns * row, from 0'),
      }),
    )
    .describe('the CT images that hold any of the region, in slice order'),
}) satisfies z.ZodType<MeasuredRegion>;
