import type { Bundle, Condition, ImagingStudy, Patient } from '@medplum/fhirtypes';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import type { DemoDrug, DemoPatientRow } from './page/wire.ts';

/**
 * Row of a synthetic patient in the page's list.
 *
 * @param bundle The patient's record; holds one Patient.
 * @param referenceDate Day on which the age counts (YYYY-MM-DD).
 */
export function demoPatientRow(bundle: Bundle, historyLine: string, referenceDate: string): DemoPatientRow {
  const resources = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  const patient = resources.find((resource): resource is Patient => resource.resourceType === 'Patient');
  const diagnosis = resources.find((resource): resource is Condition => resource.resourceType === 'Condition');
  const studies = resources
    .filter((resource): resource is ImagingStudy => resource.resourceType === 'ImagingStudy')
    .sort((a, b) => ((a.started ?? '') < (b.started ?? '') ? -1 : 1))
    .map(({ identifier }) => identifier?.[0]?.value?.replace(/^urn:oid:/, '') ?? '');
  const birthDate = patient?.birthDate ?? '';
  const name = patient?.name?.[0];
  return {
    id: patient?.id ?? '',
    name: [name?.family, name?.given?.join(' ')].filter(Boolean).join(', '),
    sex: patient?.gender ?? 'unknown',
    age: completedYears(birthDate, referenceDate),
    birthDate,
    historyLine,
    diagnosis: diagnosis?.code?.text ?? diagnosis?.code?.coding?.[0]?.display ?? '',
    studies: [...new Set([studies.at(0), studies.at(-1)])].flatMap((uid) => uid || []),
  };
}

/** Drugs of the clinical tables that have a code to order by, checkpoint inhibitors first. */
export function demoDrugs({ drugs }: ClinicalMappings): DemoDrug[] {
  return drugs.flatMap(({ inn, codes }) => {
    const [code] = codes;
    return code === undefined ? [] : [{ inn, coding: { system: code.system, code: code.code, display: code.display } }];
  });
}

function completedYears(birthDate: string, date: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
