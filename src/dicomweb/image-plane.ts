import { DicomError } from '../errors.ts';
import type { Vector } from '../radiomics/volume.ts';
import { type DicomDataset, requireNumbers } from './dataset.ts';
import { cross, dot, norm, unit } from './vector.ts';

/** How pixels lie in the patient, apart from the position of the plane. DICOM PS3.3 section C.7.6.2. */
export interface PlaneGeometry {
  /** Direction in which the column index (x) grows, unit vector. */
  readonly row: Vector;
  /** Direction in which the row index (y) grows, unit vector. */
  readonly column: Vector;
  /** `row x column`. */
  readonly normal: Vector;
  /** Distance of pixel centres along x and y (mm): PixelSpacing lists them the other way round. */
  readonly pixelSpacingMm: readonly [number, number];
}

/** Direction cosines are written with 6 to 16 digits: a unit vector, and a right angle, up to this. */
const cosineTolerance = 1e-3;
/** PixelSpacing outside is in another unit than mm, or no spacing. */
const plausibleSpacingMm = [1e-3, 1e3] as const;

/**
 * Orientation and pixel spacing of an image plane.
 *
 * @param orientation Data set with ImageOrientationPatient.
 * @param measures Data set with PixelSpacing; in a multi-frame object another item than `orientation`.
 * @param subject File name or UID, for messages.
 * @throws DicomError `DICOM_INVALID` if they are missing or impossible.
 */
export function planeGeometry(orientation: DicomDataset, measures: DicomDataset, subject: string): PlaneGeometry {
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = requireNumbers(
    orientation,
    'ImageOrientationPatient',
    6,
    subject,
  );
  const row: Vector = [rx, ry, rz];
  const column: Vector = [cx, cy, cz];
  const skew = Math.max(Math.abs(norm(row) - 1), Math.abs(norm(column) - 1), Math.abs(dot(row, column)));
  if (skew > cosineTolerance) {
    const text = 'ImageOrientationPatient is not two perpendicular unit vectors: export the object again';
    throw new DicomError('DICOM_INVALID', subject, text);
  }
  const [betweenRows = 0, betweenColumns = 0] = requireNumbers(measures, 'PixelSpacing', 2, subject);
  const [least, most] = plausibleSpacingMm;
  if (![betweenRows, betweenColumns].every((spacing) => spacing >= least && spacing <= most)) {
    const text = `PixelSpacing is ${betweenRows} x ${betweenColumns} mm, which no scan has: export the object again`;
    throw new DicomError('DICOM_INVALID', subject, text);
  }
  return {
    row: unit(row),
    column: unit(column),
    normal: unit(cross(row, column)),
    pixelSpacingMm: [betweenColumns, betweenRows],
  };
}

/**
 * ImagePositionPatient: centre of the first pixel (mm).
 *
 * @throws DicomError `DICOM_INVALID` if it is missing.
 */
export function planePosition(dataset: DicomDataset, subject: string): Vector {
  const [x = 0, y = 0, z = 0] = requireNumbers(dataset, 'ImagePositionPatient', 3, subject);
  return [x, y, z];
}
