import type { LesionOutline, PatientCourse } from '../assessment/course-types.ts';
import type { DicomwebClient } from '../dicomweb/client.ts';
import { textOf } from '../dicomweb/dataset.ts';
import { readSegment } from '../dicomweb/segmentation.ts';
import { buildVolume } from '../dicomweb/series-volume.ts';
import type { SeriesVolume } from '../dicomweb/types.ts';
import { DeltascopeError, DicomError } from '../errors.ts';
import { formatDate } from '../models/calendar.ts';
import type { Mask } from '../radiomics/volume.ts';
import { type ChosenOutline, chooseOutlines } from './choose-outlines.ts';
import type { KeySlice, KeySlices } from './key-slice-types.ts';
import { bodyExtent, drawSlice, lesionExtent, type SlicePlane, sameSize } from './slice-image.ts';
import { texts } from './texts.ts';

/** The window in which lungs are read (HU). */
const lungWindow = { width: 1500, center: -600 };
/** Room around body and lesion (mm). */
const bodyMarginMm = 6;
const lesionMarginMm = 14;
/** The detail is never smaller than this (mm): one must see where the lesion is. */
const leastDetailMm = 70;
/** Sets of slices that are kept, because a page is asked for several times on the day of a board. */
const keptSets = 48;

/** A slice with the lesion at its largest, before it is drawn. */
interface ReadSlice {
  readonly chosen: ChosenOutline;
  readonly series: SeriesVolume;
  readonly slice: number;
  readonly plane: SlicePlane;
}

/** Reads and draws the key slices of a course. */
export type KeySliceReader = (course: PatientCourse) => Promise<KeySlices>;

/**
 * Draws the slices at which the primary tumour is largest, at baseline and at the newest follow-up, from the pixels in the archive.
 * What can't be shown is said and never fails the page. The last sets are kept: their images can't change under their UIDs.
 */
export function createKeySliceReader(client: DicomwebClient): KeySliceReader {
  const kept = new Map<string, Promise<KeySlices>>();
  return async (course) => {
    const { outlines, gaps } = chooseOutlines(course);
    const key = JSON.stringify([outlines.map(({ outline, label }) => [label, ...addressOf(outline)])]);
    const known = kept.get(key);
    const reading = known ?? readSlices(client, outlines);
    kept.delete(key);
    kept.set(key, reading);
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - keptSets))) kept.delete(oldest);
    const found = await reading;
    // The archive may only have been away.
    if (found.gaps.length > 0) kept.delete(key);
    return { slices: found.slices, gaps: [...gaps, ...found.gaps] };
  };
}

function addressOf(outline: LesionOutline): string[] {
  const { SeriesInstanceUID, segSOPInstanceUID, segmentNumber, keySOPInstanceUID } = outline;
  return [SeriesInstanceUID, segSOPInstanceUID, String(segmentNumber), keySOPInstanceUID ?? ''];
}

async function readSlices(client: DicomwebClient, outlines: readonly ChosenOutline[]): Promise<KeySlices> {
  const read: ReadSlice[] = [];
  const gaps: string[] = [];
  // One after the other: a volume of a whole chest takes some hundred megabytes.
  for (const chosen of outlines) {
    try {
      read.push(await readSlice(client, chosen));
    } catch (error) {
      const why = error instanceof DeltascopeError ? `${error.message} (${error.code})` : texts.keySlices.failed;
      gaps.push(`${chosen.label}, ${dateOf(chosen.outline)}: ${why}`);
    }
  }
  return { slices: drawAll(read), gaps };
}

function dateOf({ studyDate }: LesionOutline): string {
  return studyDate === null ? texts.undated : formatDate(studyDate);
}

async function readSlice(client: DicomwebClient, chosen: ChosenOutline): Promise<ReadSlice> {
  const { StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, segmentNumber, keySOPInstanceUID } = chosen.outline;
  const segSeries = await seriesOf(client, StudyInstanceUID, segSOPInstanceUID);
  const address = { StudyInstanceUID, SeriesInstanceUID: segSeries, SOPInstanceUID: segSOPInstanceUID };
  const seg = await client.retrieveInstance(address);
  const series = buildVolume(await client.retrieveSeries(StudyInstanceUID, SeriesInstanceUID));
  const { mask } = readSegment(seg, series, segmentNumber);
  const known = keySOPInstanceUID === null ? -1 : series.sopInstanceUIDs.indexOf(keySOPInstanceUID);
  const slice = known < 0 ? largestSlice(mask) : known;
  return { chosen, series, slice, plane: planeOf(series, mask, slice) };
}

/** The archive knows an instance only under its series. */
async function seriesOf(client: DicomwebClient, study: string, SOPInstanceUID: string): Promise<string> {
  for (const series of await client.searchSeries(study)) {
    const uid = textOf(series, 'SeriesInstanceUID');
    if (textOf(series, 'Modality') !== 'SEG' || uid === null) continue;
    const instances = await client.searchInstances(study, uid);
    if (instances.some((instance) => textOf(instance, 'SOPInstanceUID') === SOPInstanceUID)) return uid;
  }
  throw new DicomError('IMAGING_NO_SEG', SOPInstanceUID, texts.keySlices.segmentationGone);
}

function largestSlice({ voxels, dims: [nx, ny, nz] }: Mask): number {
  let [largest, most] = [0, -1];
  for (let z = 0; z < nz; z++) {
    const area = voxels.subarray(z * nx * ny, (z + 1) * nx * ny).reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
    if (area > most) [largest, most] = [z, area];
  }
  return largest;
}

function planeOf({ volume }: SeriesVolume, mask: Mask, slice: number): SlicePlane {
  const [columns, rows] = volume.dims;
  const range = [slice * columns * rows, (slice + 1) * columns * rows] as const;
  return {
    values: volume.voxels.slice(...range),
    mask: mask.voxels.slice(...range),
    columns,
    rows,
    pixelMm: [volume.spacingMm[0], volume.spacingMm[1]],
  };
}

/** Draws all slices at one scale: the same extent in mm for each visit. */
function drawAll(read: readonly ReadSlice[]): KeySlice[] {
  const bodies = read.map(({ plane }) => bodyExtent(plane));
  const lesions = read.map(({ plane }, at) => lesionExtent(plane) ?? bodies[at] ?? bodyExtent(plane));
  const wholes = sameSize(bodies, {
    width: Math.max(...bodies.map(({ width }) => width)) + 2 * bodyMarginMm,
    height: Math.max(...bodies.map(({ height }) => height)) + 2 * bodyMarginMm,
  });
  const side = Math.max(...lesions.flatMap(({ width, height }) => [width, height])) + 2 * lesionMarginMm;
  const detailMm = Math.max(leastDetailMm, side);
  const details = sameSize(lesions, { width: detailMm, height: detailMm });
  return read.flatMap(({ chosen, series, slice, plane }, at): KeySlice[] => {
    const [whole, detail] = [wholes[at], details[at]];
    if (whole === undefined || detail === undefined) return [];
    const { originMm, direction, spacingMm, dims } = series.volume;
    const normal = direction[2];
    const distance = originMm.reduce((sum, value, axis) => sum + value * (normal[axis] ?? 0), 0);
    const { outline, label } = chosen;
    return [
      {
        label,
        StudyInstanceUID: outline.StudyInstanceUID,
        SeriesInstanceUID: outline.SeriesInstanceUID,
        SOPInstanceUID: series.sopInstanceUIDs[slice] ?? '',
        segSOPInstanceUID: outline.segSOPInstanceUID,
        segmentNumber: outline.segmentNumber,
        studyDate: outline.studyDate,
        phase: outline.phase,
        SeriesDescription: series.SeriesDescription,
        positionMm: distance + slice * spacingMm[2],
        slice: slice + 1,
        slices: dims[2],
        sides: sidesOf(direction[0]),
        windowWidth: lungWindow.width,
        windowCenter: lungWindow.center,
        whole: drawSlice(plane, whole, lungWindow),
        detail: drawSlice(plane, detail, lungWindow),
      },
    ];
  });
}

/** Letters of the patient's sides at the left and right edge of an image, by the direction of its rows (LPS). */
function sidesOf(row: readonly number[]): [string, string] {
  const letters = [
    ['R', 'L'],
    ['A', 'P'],
    ['F', 'H'],
  ] as const;
  const sizes = row.map(Math.abs);
  const axis = sizes.indexOf(Math.max(...sizes));
  const [low, high] = letters[axis] ?? letters[0];
  return (row[axis] ?? 0) >= 0 ? [low, high] : [high, low];
}
