import type { Code } from '../dataset.ts';
import {
  type ContentItem,
  codeContent,
  container,
  dateContent,
  dcm,
  type InstanceReference,
  imageContent,
  lineContent,
  numberContent,
  segmentContent,
  textContent,
  ucum,
  uidContent,
} from './content-item.ts';

/** A program as it names itself. PS3.16 TID 4019. */
export interface Algorithm {
  readonly name: string;
  readonly version: string;
  readonly parameters: readonly string[];
}

/** A number with what it means. */
export interface MeasuredValue {
  readonly concept: Code;
  readonly value: number;
  /** UCUM. */
  readonly unit: string;
  /** What the number is made with. */
  readonly algorithm: Algorithm;
  /** Further coded or written statements about the number. */
  readonly modifiers: readonly Statement[];
}

export interface Statement {
  readonly concept: Code;
  readonly value: Code | string;
}

/** Images of one series, from which something was measured. */
export interface ReferencedSeries {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly FrameOfReferenceUID: string | null;
  /** YYYYMMDD; null where the study has none. */
  readonly studyDate: string | null;
  readonly images: readonly InstanceReference[];
}

/** A region of one lesion on one series, with what was measured in it. PS3.16 TID 1411. */
export interface MeasuredRegion {
  readonly trackingIdentifier: string;
  readonly trackingUid: string;
  /** "Baseline", "Follow-up 1". */
  readonly timePoint: string;
  readonly findingCategory: Code | null;
  readonly finding: Code;
  readonly findingSite: Code | null;
  readonly segmentation: InstanceReference & {
    readonly StudyInstanceUID: string;
    readonly SeriesInstanceUID: string;
    readonly segmentNumber: number;
  };
  readonly sourceSeriesInstanceUID: string;
  readonly measurements: readonly MeasuredValue[];
}

/** Points in pixels, from the upper left corner of the first one. */
export type Line = readonly (readonly [x: number, y: number])[];

/** A region where it is drawn on an image, with the numbers that were read from the drawing. PS3.16 TID 1501. */
export interface DrawnRegion
  extends Pick<
    MeasuredRegion,
    'trackingIdentifier' | 'trackingUid' | 'timePoint' | 'findingCategory' | 'finding' | 'findingSite'
  > {
  readonly image: InstanceReference;
  readonly measurements: readonly { readonly measured: MeasuredValue; readonly lines: readonly Line[] }[];
}

/** What one model says about one endpoint, or why it says nothing. */
export interface ModelPrediction {
  readonly trackingIdentifier: string;
  readonly trackingUid: string;
  /** What a prediction is called. */
  readonly concept: Code;
  readonly algorithm: Algorithm;
  readonly values: readonly MeasuredValue[];
  readonly evaluations: readonly Statement[];
}

/** The content of a measurement report. PS3.16 TID 1500. */
export interface MeasurementReport {
  readonly software: { readonly name: string; readonly version: string; readonly uid: string };
  readonly procedureReported: Code;
  readonly series: readonly ReferencedSeries[];
  /** The first is what a viewer opens the report with. */
  readonly drawn: readonly DrawnRegion[];
  readonly regions: readonly MeasuredRegion[];
  readonly predictions: readonly ModelPrediction[];
  /** About all of it: agreement of models, what it is and is not. */
  readonly statements: readonly Statement[];
}

const measurementGroup = dcm('125007', 'Measurement Group');
const findingSite = { scheme: 'SCT', value: '363698007', meaning: 'Finding Site' };
const findingCategory = { scheme: 'SCT', value: '276214006', meaning: 'Finding category' };
const source = { scheme: 'SCT', value: '260753009', meaning: 'Source' };
const timePoint = { scheme: 'UMLS', value: 'C2348792', meaning: 'Time Point' };
const qualitativeEvaluations = { scheme: 'UMLS', value: 'C0034375', meaning: 'Qualitative Evaluations' };

/** Items of the content tree under its root, in the order of TID 1500. */
export function measurementReportContent(report: MeasurementReport): ContentItem[] {
  const { software, procedureReported, series, drawn, regions, predictions, statements } = report;
  return [
    codeContent('HAS CONCEPT MOD', dcm('121049', 'Language of Content Item and Descendants'), {
      scheme: 'RFC5646',
      value: 'en',
      meaning: 'English',
    }),
    codeContent('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121007', 'Device')),
    uidContent('HAS OBS CONTEXT', dcm('121012', 'Device Observer UID'), software.uid),
    textContent('HAS OBS CONTEXT', dcm('121013', 'Device Observer Name'), software.name),
    textContent('HAS OBS CONTEXT', dcm('121014', 'Device Observer Manufacturer'), software.name),
    textContent('HAS OBS CONTEXT', dcm('121015', 'Device Observer Model Name'), `${software.name} ${software.version}`),
    codeContent('HAS CONCEPT MOD', dcm('121058', 'Procedure reported'), procedureReported),
    container(dcm('111028', 'Image Library'), series.map(libraryGroup), '1600'),
    container(dcm('126010', 'Imaging Measurements'), [...drawn.map(drawnGroup), ...regions.map(regionGroup)]),
    container(qualitativeEvaluations, [
      ...statements.map((statement) => stated('CONTAINS', statement)),
      ...predictions.map(predictionContainer),
    ]),
  ];
}

/** TID 1600 and 1602. */
function libraryGroup({ FrameOfReferenceUID, studyDate, images }: ReferencedSeries): ContentItem {
  return container(dcm('126200', 'Image Library Group'), [
    codeContent('HAS ACQ CONTEXT', dcm('121139', 'Modality'), dcm('CT', 'Computed Tomography')),
    ...(studyDate === null ? [] : [dateContent('HAS ACQ CONTEXT', dcm('111060', 'Study Date'), studyDate)]),
    ...(FrameOfReferenceUID === null
      ? []
      : [uidContent('HAS ACQ CONTEXT', dcm('112227', 'Frame of Reference UID'), FrameOfReferenceUID)]),
    ...images.map((image) => imageContent('CONTAINS', source, image)),
  ]);
}

function regionGroup(region: MeasuredRegion): ContentItem {
  const { segmentation } = region;
  return container(
    measurementGroup,
    [
      ...tracked(region),
      segmentContent(dcm('121191', 'Referenced Segment'), segmentation, segmentation.segmentNumber),
      uidContent('CONTAINS', dcm('121232', 'Source series for segmentation'), region.sourceSeriesInstanceUID),
      ...sited(region),
      ...region.measurements.map((value) => measurement(value)),
    ],
    '1411',
  );
}

/** TID 1501, its numbers by TID 300 with the coordinates of TID 320. */
function drawnGroup(region: DrawnRegion): ContentItem {
  const sourceOfMeasurement = dcm('121112', 'Source of Measurement');
  const image = imageContent('SELECTED FROM', source, region.image);
  return container(
    measurementGroup,
    [
      ...tracked(region),
      // What a viewer writes beside the drawing.
      textContent('CONTAINS', dcm('121106', 'Comment'), `${region.trackingIdentifier}, ${region.timePoint}`),
      ...sited(region),
      ...region.measurements.map(({ measured, lines }) =>
        measurement(
          measured,
          lines.map((line) => lineContent(sourceOfMeasurement, line, image)),
        ),
      ),
    ],
    '1501',
  );
}

/** What a group is about and when. */
function tracked(region: Omit<DrawnRegion, 'image' | 'measurements' | 'findingSite'>): ContentItem[] {
  return [
    textContent('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), region.trackingIdentifier),
    uidContent('HAS OBS CONTEXT', dcm('112040', 'Tracking Unique Identifier'), region.trackingUid),
    ...(region.findingCategory === null ? [] : [codeContent('CONTAINS', findingCategory, region.findingCategory)]),
    codeContent('CONTAINS', dcm('121071', 'Finding'), region.finding),
    textContent('HAS OBS CONTEXT', timePoint, region.timePoint),
  ];
}

function sited({ findingSite: site }: Pick<MeasuredRegion, 'findingSite'>): ContentItem[] {
  return site === null ? [] : [codeContent('HAS CONCEPT MOD', findingSite, site)];
}

/** No measurement group: a risk is of the patient and has no place on an image, and viewers look for one in every group. */
function predictionContainer(prediction: ModelPrediction): ContentItem {
  return container(prediction.concept, [
    textContent('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), prediction.trackingIdentifier),
    uidContent('HAS OBS CONTEXT', dcm('112040', 'Tracking Unique Identifier'), prediction.trackingUid),
    ...algorithmItems(prediction.algorithm),
    ...prediction.values.map((value) => measurement(value)),
    ...prediction.evaluations.map((statement) => stated('CONTAINS', statement)),
  ]);
}

function measurement(
  { concept, value, unit, algorithm, modifiers }: MeasuredValue,
  lines: readonly ContentItem[] = [],
): ContentItem {
  return numberContent(concept, value, ucum(unit), [
    ...modifiers.map((statement) => stated('HAS CONCEPT MOD', statement)),
    ...algorithmItems(algorithm),
    ...lines,
  ]);
}

function stated(relationship: 'CONTAINS' | 'HAS CONCEPT MOD', { concept, value }: Statement): ContentItem {
  return typeof value === 'string'
    ? textContent(relationship, concept, value)
    : codeContent(relationship, concept, value);
}

function algorithmItems({ name, version, parameters }: Algorithm): ContentItem[] {
  return [
    textContent('HAS CONCEPT MOD', dcm('111001', 'Algorithm Name'), name),
    textContent('HAS CONCEPT MOD', dcm('111003', 'Algorithm Version'), version),
    ...parameters.map((parameter) => textContent('HAS CONCEPT MOD', dcm('111002', 'Algorithm Parameters'), parameter)),
  ];
}
