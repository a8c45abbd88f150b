import { createHash } from 'node:crypto';
import type { Assessment } from '../assessment.ts';
import type { PatientCourse } from '../course-types.ts';

/** The board that a page is made for, as far as the page says it. */
export interface BoardOccasion {
  /** What the board is asked; null where nobody has written it down. */
  readonly question: string | null;
  /** YYYY-MM-DD. */
  readonly date: string | null;
}

/**
 * Hash of a page: of the result that it shows, and of the board that it is made for.
 *
 * @param result What names the result: its content hash, or the UID of the report that says the same.
 * @param board Null where no board is known.
 * @returns SHA-256, hex.
 */
export function pageHash(result: string, board: BoardOccasion | null): string {
  return createHash('sha256')
    .update(JSON.stringify([result, board?.question ?? null, board?.date ?? null]))
    .digest('hex');
}

/**
 * Hash of a patient's result, apart from when it was worked out and for which board: equal for two runs on the same record and images.
 *
 * The trend is left out, because it compares with a day; so are the dates that merely repeat the time of the assessment, such as
 * that of the age.
 *
 * @returns SHA-256, hex.
 */
export function contentHash(assessment: Assessment, course: PatientCourse): string {
  const { id: _id, createdAt: _createdAt, asOf, trend: _trend, ...result } = assessment;
  const { asOf: courseAsOf, ...rest } = course;
  return timelessHash({ result, course: rest }, [asOf, courseAsOf]);
}

/** Hash of what an Assessment says, trend included, apart from its id and when it was worked out. @returns SHA-256, hex. */
export function assessmentHash({ id: _id, createdAt: _createdAt, asOf, ...said }: Assessment): string {
  return timelessHash(said, [asOf]);
}

/** Hash of plain JSON, whatever the order of its keys, in which the given times are one and the same. */
function timelessHash(content: object, times: readonly string[]): string {
  const text = JSON.stringify(content, (_key, value: unknown) => {
    if (typeof value === 'string' && times.includes(value)) return 'as of';
    return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
  return createHash('sha256').update(text).digest('hex');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
