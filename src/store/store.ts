import { type AdviceGiven, createAdviceGiven } from './advice-given.ts';
import { type AuditTrail, createAuditTrail } from './audit.ts';
import type { Database } from './database.ts';
import { createFeedbackStore, type FeedbackStore } from './feedback.ts';
import { createPublicationStore, type PublicationStore } from './publications.ts';
import type { FeatureSetIdentity, FeatureSetRecord, ImagingStatus } from './records.ts';
import { createReplayStore, type ReplayStore } from './replay.ts';
import { createLaunchRows, type LaunchRows } from './smart-launches.ts';
import { createStoredChanges } from './stored-changes.ts';
import { createViewerReads, type ViewerReads } from './viewer-reads.ts';
import { createSessionRows, type SessionRows } from './viewer-sessions.ts';

/** An assessment as stored: the JSON that every surface presents. */
export interface StoredAssessment {
  readonly id: string;
  readonly subject: string;
  /** ISO date-time. */
  readonly createdAt: string;
}

/** What is kept between calls. */
export interface Store
  extends ReplayStore,
    FeedbackStore,
    AdviceGiven,
    ViewerReads,
    SessionRows,
    LaunchRows,
    PublicationStore {
  readonly audit: AuditTrail;
  /** The feature set with exactly this identity, or undefined. */
  findFeatureSet(identity: FeatureSetIdentity): Promise<FeatureSetRecord | undefined>;
  /** Keeps a feature set; one with the same identity is left as it is. */
  saveFeatureSet(record: FeatureSetRecord): Promise<void>;
  /** All feature sets of a patient (`Patient/123`), newest study first, newest computation first. */
  featureSetsOf(patient: string): Promise<FeatureSetRecord[]>;
  imagingStatusOf(patient: string): Promise<ImagingStatus | undefined>;
  saveImagingStatus(status: ImagingStatus): Promise<void>;
  saveAssessment(assessment: StoredAssessment): Promise<void>;
  /** The patient's assessments, newest first. */
  assessmentsOf<T extends StoredAssessment>(patient: string, limit: number): Promise<T[]>;
  /**
   * The patient's newest assessment as of a day before `day` (YYYY-MM-DD).
   *
   * @param format Only assessments of this `format` compare.
   */
  lastAssessmentBefore<T extends StoredAssessment>(
    patient: string,
    day: string,
    format: number,
  ): Promise<T | undefined>;
  /** The patient's newest assessment as of that time (ISO date-time) or before it, in one `format`. */
  lastAssessmentUpTo<T extends StoredAssessment>(patient: string, asOf: string, format: number): Promise<T | undefined>;
  /**
   * Another value whenever the feature sets or the imaging status of any patient may have changed: what this process writes counts
   * at once, what another one writes a second later at most.
   */
  imagingVersion(): Promise<string>;
  close(): Promise<void>;
}

/** The store over a database; see {@link Store}. */
export function createStore(database: Database): Store {
  const audit = createAuditTrail(database);
  const feedback = createFeedbackStore(database);
  const changes = createStoredChanges(database);
  async function lastAssessment<T>(until: '<' | '<=', patient: string, time: string, format: number) {
    const rows = await database.query<{ record: T }>(
      `select record from assessment where patient = $1 and record->>'asOf' ${until} $2 and record->>'format' = $3
        order by record->>'asOf' desc, created_at desc limit 1`,
      [patient, time, String(format)],
    );
    return rows[0]?.record;
  }
  return {
    audit,
    ...createReplayStore(database),
    ...feedback,
    imagingVersion: changes.version,
    ...createAdviceGiven(database),
    ...createViewerReads(database),
    ...createSessionRows(database),
    ...createPublicationStore(database),
    ...createLaunchRows(database),
    async findFeatureSet(identity) {
      const rows = await database.query<{ record: FeatureSetRecord }>(
        `select record from feature_set where study_instance_uid = $1 and series_instance_uid = $2
          and seg_sop_instance_uid = $3 and segment_number = $4 and region = $5 and settings_hash = $6
          and extractor_version = $7`,
        identityValues(identity),
      );
      return rows[0]?.record;
    },
    async saveFeatureSet(record) {
      await database.query(
        `insert into feature_set (study_instance_uid, series_instance_uid, seg_sop_instance_uid, segment_number,
          region, settings_hash, extractor_version, patient, record) values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
          on conflict do nothing`,
        [...identityValues(record), record.patient, JSON.stringify(record)],
      );
      changes.note();
    },
    async featureSetsOf(patient) {
      const rows = await database.query<{ record: FeatureSetRecord }>(
        `select record from feature_set where patient = $1
          order by record->>'studyDate' desc nulls last, series_instance_uid, record->>'computedAt' desc`,
        [patient],
      );
      return rows.map(({ record }) => record);
    },
    async imagingStatusOf(patient) {
      const rows = await database.query<{ record: ImagingStatus }>(
        'select record from imaging_status where patient = $1',
        [patient],
      );
      return rows[0]?.record;
    },
    async saveImagingStatus(status) {
      await database.query(
        'insert into imaging_status (patient, record) values ($1, $2::jsonb) on conflict (patient) do update set record = excluded.record',
        [status.patient, JSON.stringify(status)],
      );
      changes.note();
    },
    async saveAssessment(assessment) {
      await database.query('insert into assessment (id, patient, created_at, record) values ($1, $2, $3, $4::jsonb)', [
        assessment.id,
        assessment.subject,
        assessment.createdAt,
        JSON.stringify(assessment),
      ]);
    },
    async assessmentsOf<T extends StoredAssessment>(patient: string, limit: number) {
      const rows = await database.query<{ record: T }>(
        'select record from assessment where patient = $1 order by created_at desc limit $2',
        [patient, limit],
      );
      return rows.map(({ record }) => record);
    },
    lastAssessmentBefore: (patient, day, format) => lastAssessment('<', patient, day, format),
    lastAssessmentUpTo: (patient, asOf, format) => lastAssessment('<=', patient, asOf, format),
    async close() {
      await Promise.all([audit.settled(), feedback.cardsWritten()]);
      await database.close();
    },
  };
}

function identityValues(identity: FeatureSetIdentity): unknown[] {
  return [
    identity.StudyInstanceUID,
    identity.SeriesInstanceUID,
    identity.segSOPInstanceUID,
    identity.segmentNumber,
    identity.region,
    identity.settingsHash,
    identity.extractorVersion,
  ];
}
