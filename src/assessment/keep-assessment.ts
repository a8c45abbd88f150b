import type { Store } from '../store/store.ts';
import { type Assessment, assessmentFormat } from './assessment.ts';
import { assessmentHash } from './publish/content-hash.ts';

/**
 * Stores an Assessment, unless the patient's last one of the same day says the same: looking at a patient adds nothing to the history.
 *
 * Of another day it is stored whatever it says, because trends compare days.
 *
 * @returns The stored one, which the answer names.
 */
export async function keepAssessment(
  store: Pick<Store, 'lastAssessmentUpTo' | 'saveAssessment'>,
  assessment: Assessment,
): Promise<Assessment> {
  const { subject, asOf } = assessment;
  const last = await store.lastAssessmentUpTo<Assessment>(subject, asOf, assessmentFormat);
  const isOfTheDay = last?.asOf.slice(0, 10) === asOf.slice(0, 10);
  if (last !== undefined && isOfTheDay && assessmentHash(last) === assessmentHash(assessment)) return last;
  await store.saveAssessment(assessment);
  return assessment;
}
