/** A DICOM code; equal when value and scheme are equal. */
export interface SegmentCode {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** Which lesion a segment outlines. */
export interface LesionIdentity {
  /** True for the primary tumour that models are computed on. */
  readonly primary: boolean;
  /** `primary-tumour`, or the kind of another lesion in `segments.json`. */
  readonly kind: string;
  /** Null where the SEG does not track it over the visits. */
  readonly TrackingID: string | null;
  readonly TrackingUID: string | null;
  /** SegmentedPropertyTypeCodeSequence: what it is. */
  readonly type: SegmentCode | null;
  /** AnatomicRegionSequence: where it is. */
  readonly site: SegmentCode | null;
}
