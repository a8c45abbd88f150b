import type { AssessOptions } from '../assessment/assess-patient.ts';
import type { Assessment } from '../assessment/assessment.ts';
import type { AuditAgent } from '../store/audit.ts';
import { type Audit, failureCode, serviceAgent } from './audit.ts';

/** On whose behalf; Deltascope itself where left out. */
export interface OnBehalf {
  readonly agent?: AuditAgent;
}

export interface RecordedAssessOptions extends AssessOptions, OnBehalf {}

type Work<Options, Result> = (patientId: string, options?: Options) => Promise<Result>;

/**
 * Leaves an audit entry for the reading of the record and one for the assessment that comes of it, or one for the reading
 * that failed.
 *
 * @param work Reads the record.
 * @param fhirServer FHIR base that is read where a call gives access to no other.
 * @param assessmentOf The Assessment in a result; null where none was made.
 */
export function recordReading<Options extends Pick<AssessOptions, 'access' | 'prefetch'>, Result>(
  work: Work<Options, Result>,
  audit: Audit,
  fhirServer: string,
  assessmentOf: (result: Result) => Assessment | null,
): Work<Options & OnBehalf, Result> {
  return async (patientId, options) => {
    const about = { agent: options?.agent ?? serviceAgent, patient: `Patient/${patientId}` };
    const details = {
      fhirServer: options?.access?.fhirServer ?? fhirServer,
      prefetched: Object.keys(options?.prefetch ?? {}).join(' ') || undefined,
    };
    let result: Result;
    try {
      result = await work(patientId, options);
    } catch (error) {
      await audit.record({ ...about, event: 'read', outcome: failureCode(error), details });
      throw error;
    }
    const assessment = assessmentOf(result);
    await audit.record(
      { ...about, event: 'read', outcome: 'success', details },
      ...(assessment === null ? [] : [{ ...about, ...assessmentEvent(assessment) }]),
    );
    return result;
  };
}

function assessmentEvent({ id, models }: Assessment) {
  const assessed = models.filter(({ status }) => status === 'assessed').map(({ model }) => model.id);
  return {
    event: 'assessment',
    outcome: 'success',
    details: { assessment: id, models: assessed.join(' ') || undefined },
  } as const;
}
