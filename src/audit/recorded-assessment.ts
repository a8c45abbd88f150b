import type { AssessOptions } from '../assessment/assess-patient.ts';
import type { Assessment } from '../assessment/assessment.ts';
import type { AuditAgent } from '../store/audit.ts';
import { type Audit, failureCode, serviceAgent } from './audit.ts';

export interface RecordedAssessOptions extends AssessOptions {
  /** On whose behalf; Deltascope itself where left out. */
  readonly agent?: AuditAgent;
}

type Assess<Options> = (patientId: string, options?: Options) => Promise<Assessment>;

/**
 * Leaves an audit entry for the reading of the record and one for the assessment, or one for the reading that failed.
 *
 * @param fhirServer FHIR base that is read where a call gives access to no other.
 */
export function recordAssessments(
  assess: Assess<AssessOptions>,
  audit: Audit,
  fhirServer: string,
): Assess<RecordedAssessOptions> {
  return async (patientId, { agent = serviceAgent, ...options } = {}) => {
    const about = { agent, patient: `Patient/${patientId}` };
    const details = {
      fhirServer: options.access?.fhirServer ?? fhirServer,
      prefetched: Object.keys(options.prefetch ?? {}).join(' ') || undefined,
    };
    let assessment: Assessment;
    try {
      assessment = await assess(patientId, options);
    } catch (error) {
      await audit.record({ ...about, event: 'read', outcome: failureCode(error), details });
      throw error;
    }
    const assessed = assessment.models.filter(({ status }) => status === 'assessed').map(({ model }) => model.id);
    await audit.record(
      { ...about, event: 'read', outcome: 'success', details },
      {
        ...about,
        event: 'assessment',
        outcome: 'success',
        details: { assessment: assessment.id, models: assessed.join(' ') || undefined },
      },
    );
    return assessment;
  };
}
