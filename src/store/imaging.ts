import type { Database } from './database.ts';
import type { FeatureSetIdentity, FeatureSetRecord, ImagingStatus } from './records.ts';
import { createStoredChanges } from './stored-changes.ts';

/** What is known of patients' images. */
export interface ImagingStore {
  /** The feature set with exactly this identity, or undefined. */
  findFeatureSet(identity: FeatureSetIdentity): Promise<FeatureSetRecord | undefined>;
  /** Keeps a feature set; one with the same identity is left as it is. */
  saveFeatureSet(record: FeatureSetRecord): Promise<void>;
  /** All feature sets of a patient (`Patient/123`), newest study first, newest computation first. */
  featureSetsOf(patient: string): Promise<FeatureSetRecord[]>;
  imagingStatusOf(patient: string): Promise<ImagingStatus | undefined>;
  saveImagingStatus(status: ImagingStatus): Promise<void>;
  /**
   * Another value whenever the feature sets or the imaging status of any patient may have changed: what this process writes counts
   * at once, what another one writes a second later at most.
   */
  imagingVersion(): Promise<string>;
}

/** {@link ImagingStore} over a database. */
export function createImagingStore(database: Database): ImagingStore {
  const changes = createStoredChanges(database);
  return {
    imagingVersion: changes.version,
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
