import { createHash } from 'node:crypto';
import type { Assessment } from '../assessment.ts';
import type { PatientCourse } from '../course-types.ts';

/**
 * Hash of all that is published of a patient, apart from when it was worked out: equal for two runs on the same record and images.
 *
 * The trend is left out, because it compares with a day; so are the dates that merely repeat the time of the assessment, such as
 * that of the age.
 *
 * @returns SHA-256, hex.
 */
export function contentHash(assessment: Assessment, course: PatientCourse): string {
  const { id: _id, createdAt: _createdAt, asOf, trend: _trend, ...result } = assessment;
  const { asOf: _asOf, ...rest } = course;
  const text = JSON.stringify({ result, course: rest }, (_key, value: unknown) => {
    if (value === asOf) return 'as of';
    return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
  return createHash('sha256').update(text).digest('hex');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
