import type { Database } from './database.ts';

/** An assessment in a list. */
export interface AssessmentLine {
  readonly id: string;
  /** ISO date-times. */
  readonly asOf: string;
  readonly createdAt: string;
  readonly group: 'low' | 'intermediate' | 'high' | null;
  readonly statement: string;
  /** SOPInstanceUIDs of the SEGs that its features were taken from, each once. */
  readonly segmentations: readonly string[];
}

/** A region of a segment that one version of the extractor may have measured, whatever the settings. */
export interface MeasuredIdentity {
  readonly StudyInstanceUID: string;
  /** Of the SEG. */
  readonly SOPInstanceUID: string;
  readonly segmentNumber: number;
  readonly region: string;
  readonly extractorVersion: string;
}

/** What a viewer asks the store for. */
export interface ViewerReads {
  /** The assessment with this id, or undefined. */
  assessment<T>(id: string): Promise<T | undefined>;
  /** Assessments of a patient (`Patient/123`) in one format, newest first. */
  assessmentLines(patient: string, format: number, limit: number): Promise<AssessmentLine[]>;
  /** The CT series on which features were taken from a region of a segment; undefined where none were. */
  measuredSeries(region: MeasuredIdentity): Promise<string | undefined>;
  /** Patients (`Patient/123`) of whom an image analysis has found a study; more than one only where it changed hands. */
  patientsOfStudy(StudyInstanceUID: string): Promise<string[]>;
}

/** {@link ViewerReads} over a database. */
export function createViewerReads(database: Database): ViewerReads {
  return {
    async assessment<T>(id: string) {
      const rows = await database.query<{ record: T }>('select record from assessment where id = $1', [id]);
      return rows[0]?.record;
    },
    async assessmentLines(patient, format, limit) {
      // Picked out by the database: a record is some hundred kilobytes.
      const rows = await database.query<AssessmentLine>(
        `select id, record->>'asOf' as "asOf", record->>'createdAt' as "createdAt",
            record->'combined'->>'group' as "group", record->'combined'->>'statement' as statement,
            jsonb_path_query_array(record, '$.models[*].imaging[*].sources[2]') as segmentations
          from assessment where patient = $1 and record->>'format' = $2 order by created_at desc limit $3`,
        [patient, String(format), limit],
      );
      return rows.map((row) => ({ ...row, segmentations: [...new Set(row.segmentations)] }));
    },
    async measuredSeries({ StudyInstanceUID, SOPInstanceUID, segmentNumber, region, extractorVersion }) {
      const [row] = await database.query<{ series: string }>(
        `select series_instance_uid as series from feature_set where study_instance_uid = $1 and seg_sop_instance_uid = $2
          and segment_number = $3 and region = $4 and extractor_version = $5 limit 1`,
        [StudyInstanceUID, SOPInstanceUID, segmentNumber, region, extractorVersion],
      );
      return row?.series;
    },
    async patientsOfStudy(StudyInstanceUID) {
      const rows = await database.query<{ patient: string }>(
        `select patient from feature_set where study_instance_uid = $1
          union select patient from imaging_status
            where record->'selection' @> jsonb_build_array(jsonb_build_object('StudyInstanceUID', $1::text))`,
        [StudyInstanceUID],
      );
      return rows.map(({ patient }) => patient);
    },
  };
}
