import { assessmentFormat } from '../../assessment/assessment.ts';
import type { AssessedCourse } from '../../assessment/read-course.ts';
import { FhirError } from '../../errors.ts';
import type { Engine } from '../../jobs/engine.ts';
import type { ViewerUser } from './viewer-access.ts';

export type AnswerEngine = Pick<Engine, 'store' | 'assessWithCourse'>;

/** What is answered about a patient, and how new it is. */
export interface Answer extends AssessedCourse {
  /** Whether the record was read for this very answer. */
  readonly fresh: boolean;
  /** Whether the record did not answer when it should have been read again. */
  readonly unread: boolean;
}

/** Assessments with their courses, the last one of each patient kept in memory. */
export interface Answers {
  /** The last answer, as long as neither the images were analysed nor the patient assessed since, and it is of today. */
  last(patientId: string): Promise<Answer | undefined>;
  /** Assesses now. A record that does not answer leaves what it said last, where that is known. */
  now(user: ViewerUser, patientId: string): Promise<Answer>;
}

/** An answer is given again for so long, where nothing has changed. */
const rememberedForMs = 10 * 60_000;
const mostRemembered = 200;

/** {@link Answers} of this process. */
export function createAnswers(engine: AnswerEngine): Answers {
  const remembered = new Map<string, AssessedCourse & { readonly readAt: string }>();

  async function assess({ agent }: ViewerUser, patientId: string): Promise<AssessedCourse> {
    const readAt = new Date().toISOString();
    const made = await engine.assessWithCourse(patientId, { agent });
    remembered.delete(patientId);
    remembered.set(patientId, { ...made, readAt });
    const [oldest] = remembered.keys();
    if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
    return made;
  }

  return {
    async last(patientId) {
      const last = remembered.get(patientId);
      if (last === undefined) return undefined;
      const { assessment, readAt } = last;
      const { id, asOf, subject } = assessment;
      const age = Date.now() - Date.parse(readAt);
      if (age > rememberedForMs || asOf.slice(0, 10) !== new Date().toISOString().slice(0, 10)) return undefined;
      const [status, [newest]] = await Promise.all([
        engine.store.imagingStatusOf(subject),
        engine.store.assessmentLines(subject, assessmentFormat, 1),
      ]);
      if (status !== undefined && status.updatedAt > readAt) return undefined;
      const isOvertaken = newest !== undefined && newest.id !== id && newest.asOf > asOf;
      return isOvertaken ? undefined : { ...last, fresh: false, unread: false };
    },
    async now(user, patientId) {
      try {
        return { ...(await assess(user, patientId)), fresh: true, unread: false };
      } catch (error) {
        const last = remembered.get(patientId);
        if (last === undefined || !(error instanceof FhirError) || error.code !== 'FHIR_UNREACHABLE') throw error;
        return { ...last, fresh: false, unread: true };
      }
    },
  };
}
