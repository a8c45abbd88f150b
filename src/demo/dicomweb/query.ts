import { data } from 'dcmjs';
import { RequestError } from '../../errors.ts';
import type { StoredInstance } from './archive.ts';
import type { JsonDataset, JsonElement } from './dicom-json-elements.ts';

export type QueryLevel = 'study' | 'series' | 'instance';

/** Attributes returned at each level, and matched at it and below. DICOM PS3.18 tables 10.6.3-3 to 10.6.3-5. */
const attributesOf: Readonly<Record<QueryLevel, readonly string[]>> = {
  study: [
    'StudyDate',
    'StudyTime',
    'AccessionNumber',
    'ReferringPhysicianName',
    'StudyDescription',
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyInstanceUID',
    'StudyID',
  ],
  series: [
    'Modality',
    'SeriesDate',
    'SeriesTime',
    'SeriesDescription',
    'BodyPartExamined',
    'SeriesInstanceUID',
    'SeriesNumber',
  ],
  instance: ['SOPClassUID', 'SOPInstanceUID', 'InstanceNumber', 'Rows', 'Columns', 'BitsAllocated', 'NumberOfFrames'],
};

const levels: readonly QueryLevel[] = ['study', 'series', 'instance'];
const keyOf: Readonly<Record<QueryLevel, 'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID'>> = {
  study: 'StudyInstanceUID',
  series: 'SeriesInstanceUID',
  instance: 'SOPInstanceUID',
};
const notMatching: readonly string[] = ['limit', 'offset', 'includefield', 'fuzzymatching'];
const modalitiesInStudy = '00080061';

/**
 * Answers a QIDO-RS query.
 *
 * @param scope Instances within the study or series of the request.
 * @param query Query parameters: attributes by keyword or tag, `limit`, `offset`, `includefield`.
 * @param root DICOMweb root for RetrieveURL.
 * @throws RequestError `HTTP_REQUEST_INVALID` for an unknown attribute or a wrong number.
 */
export function runQuery(
  level: QueryLevel,
  scope: readonly StoredInstance[],
  query: URLSearchParams,
  root: string,
): JsonDataset[] {
  const groups = new Map<string, StoredInstance[]>();
  for (const instance of scope) {
    const group = groups.get(instance[keyOf[level]]);
    if (group === undefined) groups.set(instance[keyOf[level]], [instance]);
    else group.push(instance);
  }
  const filters = [...query]
    .filter(([name]) => !notMatching.includes(name))
    .map(([name, value]) => ({ tag: tagOf(name), value }));
  const included = query.getAll('includefield').flatMap((names) => names.split(','));
  const start = wholeNumber(query, 'offset', 0);
  return [...groups.values()]
    .filter(([first, ...others]) => first !== undefined && filters.every((filter) => fits([first, ...others], filter)))
    .slice(start, start + wholeNumber(query, 'limit', Number.MAX_SAFE_INTEGER))
    .map((group) => describeGroup(level, group, included, root));
}

function describeGroup(
  level: QueryLevel,
  group: readonly StoredInstance[],
  included: readonly string[],
  root: string,
): JsonDataset {
  const [first] = group;
  if (first === undefined) return {};
  const upTo = levels.slice(0, levels.indexOf(level) + 1);
  const wanted = included.includes('all')
    ? Object.keys(first.attributes)
    : [...upTo.flatMap((name) => attributesOf[name]), ...included].map(tagOf);
  const found = wanted.flatMap((tag): [string, JsonElement][] => {
    const element = first.attributes[tag];
    return element === undefined ? [] : [[tag, element]];
  });
  return {
    ...Object.fromEntries(found),
    ...counts(level, group),
    '00081190': { vr: 'UR', Value: [root + pathOf(level, first)] },
  };
}

/** Path of a study, series or instance below the DICOMweb root. */
export function pathOf(level: QueryLevel, instance: StoredInstance): string {
  const study = `/studies/${instance.StudyInstanceUID}`;
  if (level === 'study') return study;
  const series = `${study}/series/${instance.SeriesInstanceUID}`;
  return level === 'series' ? series : `${series}/instances/${instance.SOPInstanceUID}`;
}

function counts(level: QueryLevel, group: readonly StoredInstance[]): JsonDataset {
  if (level === 'instance') return {};
  if (level === 'series') return { '00201209': { vr: 'IS', Value: [group.length] } };
  return {
    [modalitiesInStudy]: { vr: 'CS', Value: modalities(group) },
    '00201206': { vr: 'IS', Value: [new Set(group.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).size] },
    '00201208': { vr: 'IS', Value: [group.length] },
  };
}

function modalities(group: readonly StoredInstance[]): string[] {
  return [...new Set(group.flatMap(({ attributes }) => (attributes['00080060']?.Value ?? []).map(String)))].sort();
}

function tagOf(name: string): string {
  if (/^[0-9A-Fa-f]{8}$/.test(name)) return name.toUpperCase();
  const entry = data.DicomMetaDictionary.nameMap[name];
  if (entry !== undefined) return entry.tag.replace(/[(),]/g, '');
  throw new RequestError('HTTP_REQUEST_INVALID', name, 'no attribute has this name: use a keyword or a tag');
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RequestError('HTTP_REQUEST_INVALID', name, 'not a whole number: give 0 or more');
}

function fits(group: readonly StoredInstance[], { tag, value }: { tag: string; value: string }): boolean {
  if (value === '') return true;
  if (tag === modalitiesInStudy) return modalities(group).some((modality) => matches('CS', modality, value));
  const element = group[0]?.attributes[tag];
  return (element?.Value ?? []).some((found) => matches(element?.vr ?? '', textOfValue(found), value));
}

function textOfValue(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return String(value.Alphabetic);
  return String(value);
}

/** Matching of one value: single, list of UIDs, range, wildcard. DICOM PS3.4 section C.2.2.2. */
function matches(vr: string, found: string, wanted: string): boolean {
  if (vr === 'UI') return wanted.split(/[,\\]/).includes(found);
  if (vr === 'DA' || vr === 'TM') {
    const [from = '', to] = wanted.split('-');
    return to === undefined ? found === from : (from === '' || found >= from) && (to === '' || found <= to);
  }
  if (!/[*?]/.test(wanted)) return found === wanted;
  const pattern = wanted
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(found);
}
