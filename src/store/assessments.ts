import type { Database } from './database.ts';

/** An assessment as stored: the JSON that every surface presents. */
export interface StoredAssessment {
  readonly id: string;
  readonly subject: string;
  /** ISO date-time. */
  readonly createdAt: string;
}

export interface AssessmentStore {
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
}

/** {@link AssessmentStore} over a database. */
export function createAssessmentStore(database: Database): AssessmentStore {
  async function lastAssessment<T>(until: '<' | '<=', patient: string, time: string, format: number) {
    const rows = await database.query<{ record: T }>(
      `select record from assessment where patient = $1 and record->>'asOf' ${until} $2 and record->>'format' = $3
        order by record->>'asOf' desc, created_at desc limit 1`,
      [patient, time, String(format)],
    );
    return rows[0]?.record;
  }
  return {
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
  };
}
