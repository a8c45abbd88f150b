import type { Database } from './database.ts';

/** Where a result can be published. */
export type PublicationTarget = 'dicom' | 'fhir';

/** A result that is whole in image archive or record: noted only when all of it is there. Ids and hashes only. */
export interface Publication {
  /** `Patient/123`. */
  readonly patient: string;
  readonly target: PublicationTarget;
  /** Hash of the result. */
  readonly contentHash: string;
  /** Hash of the board's page: of the result, and of the board that it was made for. */
  readonly pageHash: string;
  /** What names the result at its target: UID of the structured report, part of the identifiers of scores and risks. */
  readonly resultKey: string;
  /** What names this publication at its target: UID of the page, tag of the resources. */
  readonly key: string;
  /** Id of the Assessment. */
  readonly assessment: string;
  /** SOPInstanceUIDs, or references of the resources. */
  readonly stored: readonly string[];
  /** ISO date-time. */
  readonly publishedAt: string;
}

export interface PublicationStore {
  savePublication(publication: Publication): Promise<void>;
  /** The newest one. */
  lastPublication(patient: string, target: PublicationTarget): Promise<Publication | undefined>;
}

/** {@link PublicationStore} over a database. */
export function createPublicationStore(database: Database): PublicationStore {
  return {
    async savePublication(publication) {
      const { patient, target, contentHash, publishedAt } = publication;
      await database.query(
        `insert into publication (patient, target, content_hash, published_at, record) values ($1, $2, $3, $4, $5::jsonb)
          on conflict (patient, target, content_hash)
          do update set published_at = excluded.published_at, record = excluded.record`,
        [patient, target, contentHash, publishedAt, JSON.stringify(publication)],
      );
    },
    async lastPublication(patient, target) {
      const rows = await database.query<{ record: Publication }>(
        'select record from publication where patient = $1 and target = $2 order by published_at desc limit 1',
        [patient, target],
      );
      return rows[0]?.record;
    },
  };
}
