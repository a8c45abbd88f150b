import { operationOutcomeSchema } from '../../cds-hooks/answer-schema.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';

/** A call of each hook, and what a client gets from the service that they are sent to. */
export interface ConformanceClient {
  readonly service: RecordService;
  /** The record of the patient of the calls, as a client prefetches it. */
  readonly prefetch: Readonly<Record<string, unknown>>;
  /** Status, headers, body as text and parsed. A body is posted. */
  send(target: string, body?: unknown, init?: RequestInit): Promise<Reply>;
  /** Sends a hook call to the service that answers its hook. */
  callService(body: object): Promise<Reply>;
  /** Status and code of a call that fails. */
  failureOf(body: object): Promise<[number, string]>;
  close(): Promise<void>;
}

async function replyOf(response: Response) {
  const text = await response.text();
  const json = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, text, json };
}

export type Reply = Awaited<ReturnType<typeof replyOf>>;

export const sign = orderSign(assessablePatient, 'atezolizumab');
export const calls = [patientView(assessablePatient), orderSelect(assessablePatient, 'atezolizumab'), sign];

/** Starts a service over the record of one synthetic patient, in open mode. */
export async function startConformanceClient(): Promise<ConformanceClient> {
  const service = await startRecordService({ DELTASCOPE_DEADLINE_MS: '20000', DELTASCOPE_REPEAT_ADVICE: 'always' });
  const send: ConformanceClient['send'] = async (target, body, init = {}) => {
    const response = await fetch(`${service.url}${target}`, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
      ...init,
    });
    return replyOf(response);
  };
  const callService = (body: object) =>
    send(`/cds-services/deltascope-${(body as { readonly hook: string }).hook}`, body);
  return {
    service,
    prefetch: await prefetchOf(service, assessablePatient),
    send,
    callService,
    async failureOf(body) {
      const { status, json } = await callService(body);
      return [status, operationOutcomeSchema.parse(json).issue[0]?.details.text ?? ''];
    },
    close: service.close,
  };
}
