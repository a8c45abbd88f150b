import type { Database } from './database.ts';

/** Each entry is one statement and is run once, in order; what has landed is never edited, only followed by the next. */
const migrations: readonly string[] = [
  `create table feature_set (
    study_instance_uid text not null,
    series_instance_uid text not null,
    seg_sop_instance_uid text not null,
    segment_number integer not null,
    settings_hash text not null,
    extractor_version text not null,
    patient text not null,
    record jsonb not null,
    primary key (study_instance_uid, series_instance_uid, seg_sop_instance_uid, segment_number, settings_hash, extractor_version)
  )`,
  'create index feature_set_patient on feature_set (patient)',
  'create table imaging_status (patient text primary key, record jsonb not null)',
  `create table assessment (
    id text primary key,
    patient text not null,
    created_at timestamptz not null,
    record jsonb not null
  )`,
  'create index assessment_patient on assessment (patient, created_at desc)',
  // Until then every feature set was of the tumour itself.
  "alter table feature_set add column if not exists region text not null default 'tumour'",
  `alter table feature_set drop constraint if exists feature_set_pkey,
    add primary key (study_instance_uid, series_instance_uid, seg_sop_instance_uid, segment_number, region, settings_hash,
      extractor_version)`,
  // The algorithm stood in parentheses after the type.
  `update feature_set set record = (record - 'SegmentLabel' - 'SegmentAlgorithmType') || jsonb_build_object(
    'phaseReason', null,
    'ConvolutionKernel', null,
    'mask', jsonb_build_object(
      'type', coalesce(nullif(split_part(record->>'SegmentAlgorithmType', ' ', 1), ''), 'UNKNOWN'),
      'algorithm', substring(record->>'SegmentAlgorithmType' from '\\((.*)\\)$'),
      'author', null,
      'date', null,
      'segmentLabel', coalesce(record->>'SegmentLabel', '')
    )
  ) where not record ? 'mask'`,
  `update imaging_status set record = record || jsonb_build_object('selection', '[]'::jsonb)
    where not record ? 'selection'`,
];

/** Brings the tables of a database up to date, whatever version of Deltascope made them. */
export async function migrate(database: Database): Promise<void> {
  await database.query(
    'create table if not exists migration (number integer primary key, applied_at timestamptz not null default now())',
  );
  const [row] = await database.query<{ last: number | null }>('select max(number) as last from migration');
  for (const [number, sql] of migrations.entries()) {
    if (number <= (row?.last ?? -1)) continue;
    await database.query(sql);
    await database.query('insert into migration (number) values ($1)', [number]);
  }
}
