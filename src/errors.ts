/**
 * Every failure that Deltascope names. The code is stable and is what callers test; the text may change.
 * `status` is the HTTP status when the failure ends a request; `issue` is the FHIR OperationOutcome issue type.
 */
export const errorTable = {
  CONFIG_INVALID: { status: 500, issue: 'exception' },
  CONFIG_INCOMPLETE: { status: 500, issue: 'exception' },
  FILE_UNREADABLE: { status: 500, issue: 'exception' },

  FHIR_UNREACHABLE: { status: 503, issue: 'transient' },
  FHIR_REFUSED: { status: 502, issue: 'security' },
  FHIR_RESPONSE_INVALID: { status: 502, issue: 'structure' },
  FHIR_PATIENT_NOT_FOUND: { status: 412, issue: 'not-found' },
  FHIR_SUBJECT_MISMATCH: { status: 400, issue: 'conflict' },
  FHIR_FOREIGN_LINK: { status: 502, issue: 'security' },
  FHIR_LATE: { status: 503, issue: 'timeout' },
  FHIR_SCOPE: { status: 502, issue: 'forbidden' },
  FHIR_TOKEN_REFUSED: { status: 502, issue: 'security' },
  FHIR_WRITE_CONFLICT: { status: 503, issue: 'transient' },
  FHIR_WRITE_REFUSED: { status: 502, issue: 'invalid' },
  FHIR_NOT_OFFERED: { status: 502, issue: 'not-supported' },
  LAB_UNIT_UNKNOWN: { status: 422, issue: 'value' },
  LAB_IMPLAUSIBLE: { status: 422, issue: 'value' },

  PACS_UNREACHABLE: { status: 503, issue: 'transient' },
  PACS_REFUSED: { status: 502, issue: 'security' },
  PACS_RESPONSE_INVALID: { status: 502, issue: 'structure' },
  PACS_STORE_INCOMPLETE: { status: 503, issue: 'transient' },
  IMAGING_NO_CT: { status: 404, issue: 'not-found' },
  IMAGING_NO_SEG: { status: 404, issue: 'not-found' },
  SEG_NO_PRIMARY_TUMOUR: { status: 404, issue: 'not-found' },
  SEG_AMBIGUOUS: { status: 422, issue: 'multiple-matches' },
  SEG_EMPTY: { status: 422, issue: 'invalid' },
  SEG_UNSUPPORTED: { status: 422, issue: 'not-supported' },
  SEG_FRAME_OF_REFERENCE: { status: 422, issue: 'conflict' },
  SEG_GEOMETRY: { status: 422, issue: 'conflict' },
  RTSTRUCT_UNSUPPORTED: { status: 422, issue: 'not-supported' },
  RTSTRUCT_AMBIGUOUS: { status: 422, issue: 'multiple-matches' },
  RTSTRUCT_EMPTY: { status: 422, issue: 'invalid' },
  RTSTRUCT_FRAME_OF_REFERENCE: { status: 422, issue: 'conflict' },
  RTSTRUCT_GEOMETRY: { status: 422, issue: 'conflict' },
  SERIES_AMBIGUOUS: { status: 422, issue: 'multiple-matches' },
  SERIES_EMPTY: { status: 422, issue: 'invalid' },
  SERIES_MISSING_SLICES: { status: 422, issue: 'incomplete' },
  SERIES_DUPLICATE_SLICES: { status: 422, issue: 'duplicate' },
  SERIES_MIXED_GEOMETRY: { status: 422, issue: 'conflict' },
  SERIES_UNEVEN_SPACING: { status: 422, issue: 'not-supported' },
  SERIES_GANTRY_TILT: { status: 422, issue: 'not-supported' },
  SERIES_UNSUPPORTED: { status: 422, issue: 'not-supported' },
  DICOM_INVALID: { status: 422, issue: 'structure' },
  TRANSFER_SYNTAX_UNSUPPORTED: { status: 422, issue: 'not-supported' },

  NRRD_INVALID: { status: 422, issue: 'structure' },
  NRRD_UNSUPPORTED: { status: 422, issue: 'not-supported' },
  PARAMS_INVALID: { status: 422, issue: 'structure' },
  PARAMS_UNKNOWN_KEY: { status: 422, issue: 'structure' },
  PARAMS_UNSUPPORTED: { status: 422, issue: 'not-supported' },
  MASK_EMPTY: { status: 422, issue: 'invalid' },
  MASK_LABEL_MISSING: { status: 422, issue: 'invalid' },
  MASK_GEOMETRY: { status: 422, issue: 'conflict' },
  MASK_OUTSIDE_IMAGE: { status: 422, issue: 'conflict' },
  MASK_TOO_SMALL: { status: 422, issue: 'invalid' },
  MASK_NOT_FLAT: { status: 422, issue: 'invalid' },
  VOLUME_NOT_FINITE: { status: 422, issue: 'invalid' },
  VOLUME_GEOMETRY: { status: 422, issue: 'invalid' },
  RESAMPLING_TOO_LARGE: { status: 422, issue: 'too-costly' },

  NETWORK_INVALID: { status: 500, issue: 'exception' },
  NETWORK_MISSING: { status: 422, issue: 'incomplete' },
  NETWORK_FAILED: { status: 500, issue: 'exception' },
  MODEL_FOLDER_INVALID: { status: 500, issue: 'exception' },
  MODEL_UNKNOWN: { status: 404, issue: 'not-found' },
  MODEL_INPUT_RANGE: { status: 422, issue: 'value' },
  MODEL_INPUT_MISSING: { status: 422, issue: 'required' },

  STORE_UNREACHABLE: { status: 503, issue: 'transient' },
  AUDIT_NOT_WRITTEN: { status: 503, issue: 'transient' },
  AUDIT_BROKEN: { status: 500, issue: 'exception' },
  JOB_FAILED: { status: 500, issue: 'exception' },
  JOB_CUT_OFF: { status: 500, issue: 'timeout' },
  JOB_UNKNOWN: { status: 404, issue: 'not-found' },
  JOB_RUNNING: { status: 409, issue: 'conflict' },

  HOOK_BODY_INVALID: { status: 400, issue: 'structure' },
  HOOK_UNKNOWN_SERVICE: { status: 404, issue: 'not-found' },
  HOOK_MISMATCH: { status: 400, issue: 'conflict' },
  HOOK_PREREQUISITE: { status: 412, issue: 'required' },
  HTTP_REQUEST_INVALID: { status: 400, issue: 'structure' },
  HTTP_UNAUTHORIZED: { status: 401, issue: 'login' },
  HTTP_NOT_FOUND: { status: 404, issue: 'not-found' },
  HTTP_METHOD: { status: 405, issue: 'not-supported' },
  HTTP_NOT_ACCEPTABLE: { status: 406, issue: 'not-supported' },
  HTTP_MEDIA_TYPE: { status: 415, issue: 'not-supported' },
  HTTP_TOO_LARGE: { status: 413, issue: 'too-long' },
  VIEWER_UNAVAILABLE: { status: 503, issue: 'transient' },
  VIEWER_STUDY_UNKNOWN: { status: 404, issue: 'not-found' },
  VIEWER_REGION_UNKNOWN: { status: 404, issue: 'not-found' },
  VIEWER_PATIENT_UNKNOWN: { status: 404, issue: 'not-found' },
  VIEWER_PATIENT_MISMATCH: { status: 403, issue: 'conflict' },
  VIEWER_FORBIDDEN: { status: 403, issue: 'forbidden' },
  SMART_LAUNCH_INVALID: { status: 400, issue: 'invalid' },
  SMART_ISSUER_UNKNOWN: { status: 403, issue: 'security' },
  SMART_STATE_UNKNOWN: { status: 400, issue: 'expired' },
  SMART_REFUSED: { status: 403, issue: 'forbidden' },
  SMART_ANSWER_INVALID: { status: 502, issue: 'security' },
  SMART_UNREACHABLE: { status: 503, issue: 'transient' },
  SMART_PATIENT_MISSING: { status: 403, issue: 'required' },
  SMART_PATIENT_MISMATCH: { status: 403, issue: 'conflict' },
  SMART_SCOPE: { status: 403, issue: 'forbidden' },
  ASSESSMENT_UNKNOWN: { status: 404, issue: 'not-found' },
  HTTP_TOO_MANY_REQUESTS: { status: 429, issue: 'throttled' },
  INTERNAL: { status: 500, issue: 'exception' },
} as const;

export type ErrorCode = keyof typeof errorTable;

/** Base of all named failures: a stable `code`, a one-line text that says what to do, and where it happened. */
export class DeltascopeError extends Error {
  readonly code: ErrorCode;
  /** What the failure is about: a key path, a UID, a file name. Never patient content. */
  readonly subject: string;

  constructor(code: ErrorCode, subject: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.subject = subject;
  }
}

/** The configuration (environment or command line) is wrong. */
export class ConfigError extends DeltascopeError {}
/** The FHIR server, or something that it answered. */
export class FhirError extends DeltascopeError {}
/** The DICOMweb server, or a DICOM object. */
export class DicomError extends DeltascopeError {}
/** An image, a mask or a parameter file that features can't be computed from. */
export class RadiomicsError extends DeltascopeError {}
/** A model folder that doesn't fit its schema. */
export class ModelFolderError extends DeltascopeError {}
/** A neural network: its declaration, its file, or what it answered. */
export class NetworkError extends DeltascopeError {}
/** A value that a model can't take. */
export class ModelInputError extends DeltascopeError {}
/** The database or a job. */
export class StoreError extends DeltascopeError {}
/** A request that the service can't answer. */
export class RequestError extends DeltascopeError {}

/** One line for a person: `CODE (subject): text`. */
export function describeError(error: unknown): string {
  if (error instanceof DeltascopeError) return `${error.code} (${error.subject}): ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
