import { afterAll, beforeAll, expect, it } from 'vitest';
import { StoreError } from '../../src/errors.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';

let lenient: RecordService;
let strict: RecordService;
beforeAll(async () => {
  lenient = await startRecordService({ DELTASCOPE_DEADLINE_MS: '20000' });
  strict = await startRecordService({ DELTASCOPE_DEADLINE_MS: '20000', DELTASCOPE_AUDIT_REQUIRED: 'true' });
});
afterAll(async () => {
  await lenient.close();
  await strict.close();
});

const call = orderSign(assessablePatient, 'atezolizumab');

async function entriesOf({ engine }: RecordService): Promise<AuditEntry[]> {
  await engine.store.audit.settled();
  const entries: AuditEntry[] = [];
  for await (const { text } of engine.store.audit.read(new Date(0), new Date('2100-01-01')))
    entries.push(JSON.parse(text));
  return entries;
}

it('a call leaves entries of the reading, the assessment and itself, with ids and codes only', async () => {
  const { cards } = await strict.call(call);
  const entries = (await entriesOf(strict)).filter(({ agent }) => agent.kind === 'client');
  const agent = { kind: 'client', issuer: null, tenant: null, user: 'Practitioner/test' };
  const about = { agent, patient: `Patient/${assessablePatient}`, outcome: 'success' };
  const result = cards[0]?.extension['org.deltascope.result'] as { assessment: string } | undefined;
  const assessment = result?.assessment ?? 'no card';
  expect(entries).toEqual([
    expect.objectContaining({ ...about, event: 'read', details: { fhirServer: strict.fhirUrl } }),
    expect.objectContaining({ ...about, event: 'assessment', details: { assessment, models: 'es-sclc-2l-ici-cox' } }),
    expect.objectContaining({
      ...about,
      event: 'hook',
      details: { service: 'deltascope-order-sign', hookInstance: call.hookInstance, cards: '1', assessment },
    }),
  ]);
});

it('a call that gives again what was computed within the minute leaves its own entry, which names the assessment', async () => {
  const before = (await entriesOf(strict)).length;
  const prefetch = await prefetchOf(strict, assessablePatient);
  const again = { ...call, hookInstance: 'e2688d7a-e0cf-45be-be7e-4f16f64ac3fb', prefetch };
  const given = [await strict.call({ ...call, prefetch } as never), await strict.call(again)];
  const ids = given.map(
    ({ cards }) => (cards[0]?.extension['org.deltascope.result'] as { assessment: string } | undefined)?.assessment,
  );
  const entries = (await entriesOf(strict)).slice(before);
  const calls = entries.filter(({ event }) => event === 'hook');
  expect(calls.map(({ details }) => [details.hookInstance, details.assessment])).toEqual([
    [call.hookInstance, ids[0]],
    [again.hookInstance, ids[1]],
  ]);
  const made = entries.filter(({ event }) => event === 'assessment').map(({ details }) => details.assessment);
  expect(made).toEqual([...new Set(ids)]);
});

it('so does a call that fails, with its code', async () => {
  expect((await lenient.call(orderSign('unknown', 'atezolizumab'))).status).toBe(412);
  await lenient.call({ hook: 'order-sign' });
  const events = (await entriesOf(lenient)).filter(({ agent }) => agent.kind === 'client');
  expect(events.map(({ event, patient, outcome }) => [event, patient, outcome])).toEqual([
    ['read', 'Patient/unknown', 'FHIR_PATIENT_NOT_FOUND'],
    ['hook', 'Patient/unknown', 'HOOK_PREREQUISITE'],
    ['hook', null, 'HOOK_BODY_INVALID'],
  ]);
});

it('the analysis of images is a reading by the service itself', async () => {
  await (await strict.engine.requestImaging(assessablePatient)).finished;
  const [job] = (await entriesOf(strict)).filter(({ agent }) => agent.kind === 'service');
  expect(job).toMatchObject({ event: 'read', patient: `Patient/${assessablePatient}`, details: { job: 'imaging' } });
});

it('where entries are required a call that can not be recorded fails; elsewhere it is logged', async () => {
  const append = () => Promise.reject(new StoreError('AUDIT_NOT_WRITTEN', 'audit_entry', 'no entry is written'));
  for (const { engine } of [strict, lenient]) Object.assign(engine.store.audit, { append });
  expect(await strict.call(call)).toMatchObject({ status: 503, cards: [] });
  expect(await lenient.call(call)).toMatchObject({ status: 200, cards: [expect.anything()] });
  expect(lenient.log()).toContain('"code":"AUDIT_NOT_WRITTEN"');
});
