/** A code of a DICOM code sequence. */
export interface CodedConcept {
  readonly scheme: string;
  readonly code: string;
  readonly meaning: string;
}

/** What a lesion can be, with the codes that its segment is stored with. */
export interface LesionKind {
  /** As the service names it: `primary-tumour`. */
  readonly kind: string;
  readonly label: string;
  readonly category: CodedConcept;
  readonly type: CodedConcept;
  readonly region: CodedConcept | null;
}

/** A segmentation of the viewer that a reader can send. */
export interface Drawing {
  readonly segmentationId: string;
  readonly label: string;
  readonly StudyInstanceUID: string;
  /** YYYY-MM-DD, or null where the study has none. */
  readonly studyDate: string | null;
  readonly segments: readonly { readonly index: number; readonly label: string }[];
}

/** What a reader says that a drawn segment is. */
export interface SegmentMeaning {
  /** Index of the segment in the drawing. */
  readonly index: number;
  readonly kind: LesionKind;
  /** SegmentLabel. */
  readonly label: string;
  /** Of the lesion that it is an outline of; null where the lesion is not tracked. */
  readonly tracking: { readonly TrackingID: string; readonly TrackingUID: string } | null;
}

export interface StoreRequest {
  readonly segmentationId: string;
  /** One a segment that is stored; others are left out. */
  readonly meanings: readonly SegmentMeaning[];
  readonly algorithm: 'MANUAL' | 'SEMIAUTOMATIC';
  /** ContentCreatorName. */
  readonly reader: string;
}

/** From a drawing in the viewer to a DICOM SEG in the archive. */
export interface DrawingActions {
  /** The segmentation of the active viewport; the same object until it changes, null where there is none with a segment. */
  active(): Drawing | null;
  /** Calls `listener` when `active` may answer something else; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Name of the signed-in reader, where the viewer knows one. */
  readerName(): string | null;
  /**
   * Encodes the segments as a DICOM SEG and stores it by STOW-RS.
   *
   * @returns SOPInstanceUID of the stored object.
   * @throws StoreRefused with a sentence for the reader.
   */
  store(request: StoreRequest): Promise<string>;
}

/** The segmentation was not stored; the message says what happened, and what to do. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}
