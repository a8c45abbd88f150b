/** A region of a segment. */
export interface RegionAddress {
  readonly StudyInstanceUID: string;
  /** Of the SEG. */
  readonly SOPInstanceUID: string;
  readonly segmentNumber: number;
  /** `ring-2-2`. */
  readonly region: string;
}

/** The voxels that features were taken from, on the grid of the CT images. */
export interface MeasuredRegion extends RegionAddress {
  /** Of the CT. */
  readonly SeriesInstanceUID: string;
  readonly columns: number;
  readonly rows: number;
  /** Of the extractor, which makes the region: another version may make another one. */
  readonly extractorVersion: string;
  /**
   * Images that hold any of the region, in slice order. Runs are start and length in turn; the index of a pixel is
   * `column + columns * row`, from 0, and a run goes on from one row into the next.
   */
  readonly images: readonly { readonly SOPInstanceUID: string; readonly runs: readonly number[] }[];
}
