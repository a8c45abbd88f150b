import { DicomError } from '../errors.ts';
import type { Vector } from '../radiomics/volume.ts';
import type { PlaneGeometry } from './image-plane.ts';
import { dot, norm, subtract } from './vector.ts';

/** Something at a position in the patient (ImagePositionPatient, mm). */
export interface Positioned {
  readonly position: Vector;
}

/** Slices at the same place up to this are duplicates (mm). */
const duplicateToleranceMm = 1e-3;
/** Share of the slice distance by which a distance may differ: positions may be rounded to 0.01 mm. */
const distanceTolerance = 0.02;
/** How far a slice may lie beside the line along the normal (mm); a gantry tilt of 0.1 degrees exceeds it in 60 mm. */
const tiltToleranceMm = 0.1;

/** Gaps wider than this many usual ones are not bridged: nobody knows what lies in them. */
const widestGap = 2 * (1 + distanceTolerance);

/** Slices in order. */
export interface OrderedSlices<T> {
  readonly slices: readonly T[];
  /** Mean distance (mm), where it is irregular the usual one; null for a single slice. */
  readonly distanceMm: number | null;
  /** What makes the stack no straight and even one; null where it is. */
  readonly irregular: string | null;
}

/**
 * Sorts slices along the normal, ascending, as GDCM and SimpleITK do, and gives their distance.
 *
 * The distance is that of the first and last slice divided by the number of gaps, as in ITK's series reader: rounded
 * positions do not add up.
 *
 * @param slices At least one.
 * @param subject SeriesInstanceUID, for messages.
 * @param allowIrregular Describes a tilted gantry and uneven distances instead of refusing them; missing slices and gaps of
 *   more than two usual distances are refused all the same.
 * @throws DicomError `SERIES_DUPLICATE_SLICES`, `SERIES_MISSING_SLICES` (where and how many), `SERIES_UNEVEN_SPACING`,
 *   `SERIES_GANTRY_TILT`.
 */
export function orderSlices<T extends Positioned>(
  slices: readonly T[],
  { normal }: Pick<PlaneGeometry, 'normal'>,
  subject: string,
  allowIrregular = false,
): OrderedSlices<T> {
  const placed = slices
    .map((slice) => ({ slice, at: dot(slice.position, normal) }))
    .sort((first, second) => first.at - second.at);
  const gaps = placed.slice(1).map(({ at }, before) => ({ from: placed[before]?.at ?? at, to: at }));
  const ordered = placed.map(({ slice }) => slice);
  refuseDuplicates(gaps, subject);
  const asideMm = largestShift(ordered, normal);
  const isTilted = asideMm > tiltToleranceMm;
  if (isTilted && !allowIrregular) throw tilt(asideMm, subject);
  const isUneven = checkDistances(gaps, subject, allowIrregular);
  const first = placed[0]?.at ?? 0;
  const last = placed.at(-1)?.at ?? 0;
  const meanMm = gaps.length === 0 ? null : (last - first) / gaps.length;
  const findings = [
    ...(isTilted ? [`shifted sideways by up to ${asideMm.toFixed(2)} mm (tilted gantry)`] : []),
    ...(isUneven ? [`${rangeOf(gaps)} apart`] : []),
  ];
  return {
    slices: ordered,
    distanceMm: isUneven ? usualDistance(gaps) : meanMm,
    irregular: findings.length === 0 ? null : `the slices are ${findings.join(' and ')}`,
  };
}

interface Gap {
  readonly from: number;
  readonly to: number;
}

function refuseDuplicates(gaps: readonly Gap[], subject: string): void {
  const doubled = gaps.filter(({ from, to }) => to - from < duplicateToleranceMm);
  const [first] = doubled;
  if (first === undefined) return;
  const text = `${doubled.length} slices lie where another one lies, the first at ${first.from.toFixed(2)} mm along the normal: remove the copies, or give each phase a series of its own`;
  throw new DicomError('SERIES_DUPLICATE_SLICES', subject, text);
}

/** How far slices lie beside the line along the normal through the first one, at most (mm). */
function largestShift(slices: readonly Positioned[], normal: Vector): number {
  const [origin] = slices;
  if (origin === undefined) return 0;
  return slices.reduce((largest, { position }) => {
    const offset = subtract(position, origin.position);
    const along = dot(offset, normal);
    const aside = norm(subtract(offset, [normal[0] * along, normal[1] * along, normal[2] * along]));
    return Math.max(largest, aside);
  }, 0);
}

function tilt(asideMm: number, subject: string): DicomError {
  const text = `the slices are shifted sideways by up to ${asideMm.toFixed(2)} mm (tilted gantry): send a series reformatted perpendicular to its slices`;
  return new DicomError('SERIES_GANTRY_TILT', subject, text);
}

function sortedDistances(gaps: readonly Gap[]): number[] {
  return gaps.map(({ from, to }) => to - from).sort((a, b) => a - b);
}

/** The lower median: with every other slice missing in one half, it is still the true distance. */
function usualDistance(gaps: readonly Gap[]): number {
  const distances = sortedDistances(gaps);
  return distances[(distances.length - 1) >> 1] ?? 0;
}

function rangeOf(gaps: readonly Gap[]): string {
  const distances = sortedDistances(gaps);
  return `${(distances[0] ?? 0).toFixed(2)} to ${(distances.at(-1) ?? 0).toFixed(2)} mm`;
}

/** True for distances that differ, where that is allowed; otherwise they are refused. */
function checkDistances(gaps: readonly Gap[], subject: string, allowUneven: boolean): boolean {
  const usual = usualDistance(gaps);
  const uneven = gaps.filter(({ from, to }) => Math.abs(to - from - usual) > usual * distanceTolerance);
  if (uneven.length === 0) return false;
  const holes = uneven.map((gap) => ({ ...gap, missing: Math.round((gap.to - gap.from) / usual) - 1 }));
  if (holes.some(({ from, to, missing }) => missing < 1 || !isMultiple(to - from, usual))) {
    if (allowUneven && uneven.every(({ from, to }) => to - from <= widestGap * usual)) return true;
    const text = `the distance between slices varies from ${rangeOf(gaps)}: send a series with one slice distance`;
    throw new DicomError('SERIES_UNEVEN_SPACING', subject, text);
  }
  const missing = holes.reduce((sum, hole) => sum + hole.missing, 0);
  const where = holes.map(({ from, to }) => `${from.toFixed(2)} and ${to.toFixed(2)} mm`).join('; ');
  const text = `${missing} slices are missing (along the normal, between ${where}): send the whole series again`;
  throw new DicomError('SERIES_MISSING_SLICES', subject, text);
}

function isMultiple(distance: number, usual: number): boolean {
  return Math.abs(distance / usual - Math.round(distance / usual)) <= 5 * distanceTolerance;
}
