import { type Audit, failureCode } from '../src/audit/audit.ts';
import type { AuditAgent } from '../src/store/audit.ts';
import type { Answered, HookAnswer } from './answer.ts';
import { type HookRequest, patientIdOf } from './request.ts';
import type { Caller } from './trust/caller.ts';

/** The user of the EHR that a hook call names, at the client that sent it. */
export function agentOf({ issuer, tenant }: Caller, user: string | null): AuditAgent {
  return { kind: 'client', issuer, tenant, user };
}

/**
 * Leaves an audit entry for a hook call, whatever becomes of it.
 *
 * @param read Parses the call; what it throws is recorded without patient and user.
 * @throws What `read` and `answer` throw; StoreError `AUDIT_NOT_WRITTEN` where entries are required.
 */
export async function recordCall(
  audit: Audit,
  service: string,
  caller: Caller,
  read: () => HookRequest,
  answer: (request: HookRequest) => Promise<Answered>,
): Promise<HookAnswer> {
  let request: HookRequest | undefined;
  const record = (outcome: string, answered?: Answered) =>
    audit.record({
      event: 'hook',
      agent: agentOf(caller, request?.context.userId ?? null),
      patient: request === undefined ? null : `Patient/${patientIdOf(request)}`,
      outcome,
      details: {
        service,
        hookInstance: request?.hookInstance,
        cards: answered?.answer.cards.length.toString(),
        // Also where it was made for an earlier call of the minute: who was shown it is told by this entry.
        assessment: answered?.assessment,
      },
    });
  let answered: Answered;
  try {
    request = read();
    answered = await answer(request);
  } catch (error) {
    await record(failureCode(error));
    throw error;
  }
  await record('success', answered);
  return answered.answer;
}
