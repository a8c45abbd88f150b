import type { Phase } from '../models/phase.ts';

/** A point of a drawing, mm to the right of and below the upper left corner of its image. */
export type PointMm = readonly [x: number, y: number];

/** A piece of a CT slice as an image, with the outline of the lesion. */
export interface SliceImage {
  /** PNG, 8 bit grey, as a `data:` URI. */
  readonly png: string;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Closed lines around the lesion, and around holes in it. */
  readonly outlines: readonly (readonly PointMm[])[];
}

/** The slice in which a lesion's outline has its largest area, as a page shows it. */
export interface KeySlice {
  /** "Baseline", "Follow-up 1". */
  readonly label: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly segSOPInstanceUID: string;
  readonly segmentNumber: number;
  /** YYYY-MM-DD, or null. */
  readonly studyDate: string | null;
  readonly phase: Phase;
  readonly SeriesDescription: string | null;
  /** Distance of the slice from the origin of the frame of reference along the normal of the slices (mm). */
  readonly positionMm: number;
  /** From 1, counted from the feet for axial slices, and how many there are. */
  readonly slice: number;
  readonly slices: number;
  /** Letters of the patient's sides (R, L, A, P, H, F) at the left and the right edge of the images. */
  readonly sides: readonly [string, string];
  /** HU. */
  readonly windowWidth: number;
  readonly windowCenter: number;
  /** The whole slice, without the air around the body. */
  readonly whole: SliceImage;
  /** The lesion and what is around it. */
  readonly detail: SliceImage;
}

export interface KeySlices {
  /** Baseline first; empty where no image can be shown. */
  readonly slices: readonly KeySlice[];
  /** Why an image that one would look for is not there, one line each. */
  readonly gaps: readonly string[];
}
