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
  `create table client_token (
    issuer text not null,
    jti text not null,
    expires_at timestamptz not null,
    primary key (issuer, jti)
  )`,
  `create table sweep_mark (
    kind text not null,
    key text not null,
    mark text not null,
    seen_at timestamptz not null default now(),
    primary key (kind, key)
  )`,
  `create table audit_entry (
    number bigint primary key,
    recorded_at timestamptz not null,
    entry text not null,
    previous_hash text not null,
    hash text not null
  )`,
  'create index audit_entry_recorded_at on audit_entry (recorded_at)',
  // One writer at a time, so that there is one chain. Whatever numbers and hashes an insert gives are not used.
  `create function audit_entry_chain() returns trigger language plpgsql as $body$
    declare
      last record;
    begin
      perform pg_advisory_xact_lock(72666002);
      select number, hash into last from audit_entry order by number desc limit 1;
      new.number := coalesce(last.number, 0) + 1;
      new.previous_hash := coalesce(last.hash, repeat('0', 64));
      new.recorded_at := (new.entry::jsonb->>'at')::timestamptz;
      new.hash := encode(sha256(convert_to(new.previous_hash || new.entry, 'UTF8')), 'hex');
      return new;
    end $body$`,
  'create trigger audit_entry_chained before insert on audit_entry for each row execute function audit_entry_chain()',
  `create function audit_entry_refuse() returns trigger language plpgsql as $body$
    begin
      raise exception 'the audit trail is append-only';
    end $body$`,
  `create trigger audit_entry_append_only before update or delete or truncate on audit_entry
    for each statement execute function audit_entry_refuse()`,
  `create table issued_card (
    uuid text primary key,
    issuer text not null,
    service text not null,
    hook text not null,
    patient text not null,
    topic text not null,
    model text,
    indicator text not null,
    suggestions jsonb not null,
    issued_at timestamptz not null
  )`,
  'create index issued_card_issued_at on issued_card (issued_at)',
  `create table card_feedback (
    issuer text not null,
    card text not null,
    outcome text not null,
    outcome_at timestamptz not null,
    service text not null,
    known boolean not null,
    record jsonb not null,
    received_at timestamptz not null default now(),
    primary key (issuer, card, outcome, outcome_at)
  )`,
  'create table advice_given (key text primary key, advice text not null, given_at timestamptz not null)',
  // For pg-boss, which makes its tables itself: of two processes that start at the same time one would stumble over the schema.
  'create schema if not exists pgboss',
  // Without it the last one of an earlier day is looked for in the whole text of all.
  `create index assessment_as_of on assessment
    (patient, (record->>'format'), (record->>'asOf') desc, created_at desc)`,
  // Counts the changes of what Assessments rest on: a process sees by it that another one has written.
  'create table stored_change (number bigint not null)',
  'insert into stored_change (number) values (0)',
  `create function count_stored_change() returns trigger language plpgsql as $body$
    begin
      update stored_change set number = number + 1;
      return null;
    end $body$`,
  `create trigger feature_set_counted after insert or update or delete on feature_set
    for each statement execute function count_stored_change()`,
  `create trigger imaging_status_counted after insert or update or delete on imaging_status
    for each statement execute function count_stored_change()`,
  'create table viewer_session (hash text primary key, record jsonb not null, expires_at timestamptz not null)',
  // Whom a study shows: asked for with every view.
  "create index imaging_status_selection on imaging_status using gin ((record->'selection') jsonb_path_ops)",
  `create table publication (
    patient text not null,
    target text not null,
    content_hash text not null,
    published_at timestamptz not null,
    record jsonb not null,
    primary key (patient, target, content_hash)
  )`,
  'create table smart_launch (hash text primary key, issuer text not null, expires_at timestamptz not null)',
  // Until then a page was named by its result alone.
  `update publication set record = record || jsonb_build_object('pageHash', '', 'resultKey', record->'key')`,
];

/** Any number that is used for nothing else in the database. */
const lockKey = 72_666_001;

/**
 * Brings the tables of a database up to date, whatever version of Deltascope made them. Several processes may do so at the
 * same time: each statement is run once, in one transaction with the note that it was.
 */
export async function migrate(database: Database): Promise<void> {
  await database.script(
    locked(
      'create table if not exists migration (number integer primary key, applied_at timestamptz not null default now());',
    ),
  );
  const [row] = await database.query<{ last: number | null }>('select max(number) as last from migration');
  for (const [number, sql] of migrations.entries()) {
    if (number <= (row?.last ?? -1)) continue;
    await database.script(
      locked(`if not exists (select from migration where number = ${number}) then
        execute $statement$${sql}$statement$;
        insert into migration (number) values (${number});
      end if;`),
    );
  }
}

function locked(body: string): string {
  return `do $migration$ begin perform pg_advisory_xact_lock(${lockKey}); ${body} end $migration$`;
}
