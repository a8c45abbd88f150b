import { data } from 'dcmjs';
import type { PlannedObject } from '../assessment/publish/dicom-publication.ts';
import type { PublicationOutcome, PublicationPlan } from '../assessment/publish-results.ts';
import { codeOf, type DicomDataset, itemsOf, numberOf, textOf } from '../dicomweb/dataset.ts';
import { readPart10 } from '../dicomweb/part10.ts';

/** What a publication would store, for reading: each object with its outline, then the transaction as JSON. */
export function planText({ dicom, fhir }: PublicationPlan): string {
  return [...(dicom === null ? [] : dicomLines(dicom)), ...(fhir === null ? [] : fhirLines(fhir))].join('\n');
}

/** What was stored. */
export function outcomeText({ instances, resources }: PublicationOutcome): string {
  if (instances.length === 0 && resources.length === 0) return 'All of it was there already; nothing was stored.';
  return [
    `Stored ${instances.length} objects in the image archive${instances.length === 0 ? '.' : ':'}`,
    ...instances.map((uid) => `  ${uid}`),
    `Created ${resources.length} resources in the record${resources.length === 0 ? '.' : ':'}`,
    ...resources.map((reference) => `  ${reference}`),
  ].join('\n');
}

function dicomLines({ objects, notices }: NonNullable<PublicationPlan['dicom']>): string[] {
  return [
    `Image archive: ${objects.length} objects, ${objects.filter(({ bytes }) => bytes !== null).length} of them to be stored`,
    ...objects.flatMap(objectLines),
    ...notices.map((notice) => `  Not stored: ${notice}`),
  ];
}

function objectLines({ kind, description, bytes, ...place }: PlannedObject): string[] {
  const state = bytes === null ? 'there already' : `to be stored, ${Math.ceil(bytes.length / 1024)} KiB`;
  return [
    `  ${kind}  ${description}  (${state})`,
    `    study ${place.StudyInstanceUID}`,
    `    series ${place.SeriesInstanceUID}`,
    `    object ${place.SOPInstanceUID}`,
    ...(kind === 'SR' && bytes !== null ? outline(datasetOf(bytes), 3) : []),
  ];
}

function datasetOf(bytes: Uint8Array): DicomDataset {
  return data.DicomMetaDictionary.naturalizeDataset(readPart10(bytes, 'report').elements);
}

/** The content tree, a line an item; images of the library as their number. */
function outline(item: DicomDataset, depth: number): string[] {
  const children = itemsOf(item, 'ContentSequence');
  const images = children.filter((child) => textOf(child, 'ValueType') === 'IMAGE').length;
  const shown = images > 1 ? children.filter((child) => textOf(child, 'ValueType') !== 'IMAGE') : children;
  const indent = '  '.repeat(depth);
  return [
    `${indent}${itemLine(item)}`,
    ...shown.flatMap((child) => outline(child, depth + 1)),
    ...(images > 1 ? [`${indent}  ${images} images`] : []),
  ];
}

function itemLine(item: DicomDataset): string {
  const name = codeOf(item, 'ConceptNameCodeSequence')?.meaning ?? '';
  const type = textOf(item, 'ValueType') ?? '';
  const value = {
    NUM: () => numberLine(itemsOf(item, 'MeasuredValueSequence')[0] ?? {}),
    CODE: () => codeOf(item, 'ConceptCodeSequence')?.meaning ?? '',
    TEXT: () => textOf(item, 'TextValue') ?? '',
    UIDREF: () => textOf(item, 'UID') ?? '',
    DATE: () => textOf(item, 'Date') ?? '',
  }[type];
  return value === undefined ? `${type} ${name}` : `${type} ${name}: ${value()}`;
}

function numberLine(measured: DicomDataset): string {
  const unit = codeOf(measured, 'MeasurementUnitsCodeSequence');
  return `${numberOf(measured, 'FloatingPointValue')}${unit === null || unit.value === '1' ? '' : ` ${unit.value}`}`;
}

/** The page would fill the screen. */
const longestData = 200;

function fhirLines(bundle: fhir4.Bundle): string[] {
  const json = JSON.stringify(
    bundle,
    (key, value: unknown) =>
      key === 'data' && typeof value === 'string' && value.length > longestData
        ? `${value.slice(0, 40)}... (${value.length} characters)`
        : value,
    2,
  );
  return [`Record: a transaction of ${bundle.entry?.length ?? 0} conditional creates`, json];
}
