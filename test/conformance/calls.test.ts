import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hookAnswerSchema, operationOutcomeSchema } from '../../cds-hooks/answer-schema.ts';
import { type ConformanceClient, calls, sign, startConformanceClient } from '../helpers/conformance-client.ts';
import { orderSelect, orderSign } from '../helpers/hook-calls.ts';
import { assessablePatient } from '../helpers/record-service.ts';

let client: ConformanceClient;
beforeAll(async () => {
  client = await startConformanceClient();
});
afterAll(() => client.close());

describe('a call', () => {
  it.each(calls)('C1, R1, H1, H2, H3: $hook answers 200 with cards', async (call) => {
    const { status, json } = await client.callService(call);
    expect(status).toBe(200);
    expect(hookAnswerSchema.parse(json).cards).toHaveLength(1);
  });

  it.each(calls)('P14, A7: $hook answers from the prefetch as from the server', async (call) => {
    const read = hookAnswerSchema.parse((await client.callService(call)).json);
    const prefetched = hookAnswerSchema.parse((await client.callService({ ...call, prefetch: client.prefetch })).json);
    expect(prefetched.cards.map(({ summary }) => summary)).toEqual(read.cards.map(({ summary }) => summary));
  });

  it('P8, P9: a key that is absent is read, null and an empty Bundle are known to be absent', async () => {
    const { labs, ...others } = client.prefetch;
    const summaries: string[] = [];
    for (const given of [
      { ...others },
      { ...others, labs: null },
      { ...others, labs: { resourceType: 'Bundle', type: 'searchset' } },
    ]) {
      const { cards } = hookAnswerSchema.parse((await client.callService({ ...sign, prefetch: given })).json);
      summaries.push(cards[0]?.summary ?? '');
    }
    expect(summaries[0]).toContain('labs');
    // Without laboratory results there is no date of any.
    expect(summaries[1]).not.toContain('labs');
    expect(summaries[2]).toBe(summaries[1]);
  });

  it('P10: an OperationOutcome as the whole value is a failure, not an empty record', async () => {
    const labs = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
    const { cards } = hookAnswerSchema.parse(
      (await client.callService({ ...sign, prefetch: { ...client.prefetch, labs } })).json,
    );
    expect(JSON.stringify(cards)).toMatch(/FHIR_|could not be read|labs/);
  });

  it('P15, C5: keys and fields that nobody asked for are ignored', async () => {
    const more = {
      ...sign,
      prefetch: { ...client.prefetch, other: { x: [null] } },
      extension: { 'a.b': {} },
      anything: [1],
    };
    expect((await client.callService(more)).status).toBe(200);
  });

  it('P11, P12, R3: a Patient that is not to be had is 412, with its name', async () => {
    const { status, json } = await client.callService(orderSign('unknown', 'atezolizumab'));
    expect(status).toBe(412);
    expect(operationOutcomeSchema.parse(json).issue[0]?.diagnostics).toContain('Patient');
  });

  it.each(['hook', 'hookInstance', 'context'])('C2: without %s it is refused', async (field) => {
    const { hook, ...rest } = { ...sign, [field]: undefined };
    const { status } = await client.send('/cds-services/deltascope-order-sign', { ...rest, ...(hook && { hook }) });
    expect(status).toBe(400);
  });

  it('C3: another hook than the one of the service is refused', async () => {
    const { status, json } = await client.send('/cds-services/deltascope-order-sign', calls[0]);
    expect([status, json.issue[0].details.text]).toEqual([400, 'HOOK_MISMATCH']);
  });

  it('C4: fhirAuthorization without fhirServer is not used', async () => {
    const fhirAuthorization = { access_token: 't', token_type: 'Bearer', expires_in: 1, scope: 's', subject: 'c' };
    expect((await client.callService({ ...sign, fhirAuthorization })).status).toBe(200);
  });

  it('C6: hookInstance may come again, in upper case and as version 1', async () => {
    const hookInstance = 'F0C1D2E4-9D6B-11EE-8C90-0242AC120002';
    for (let time = 0; time < 2; time++) expect((await client.callService({ ...sign, hookInstance })).status).toBe(200);
  });

  it('C7: a Patient in the prefetch that is another one is refused', async () => {
    const other = { patient: { resourceType: 'Patient', id: 'other' } };
    expect(await client.failureOf({ ...sign, prefetch: other })).toEqual([400, 'FHIR_SUBJECT_MISMATCH']);
  });

  const contextFields = calls.flatMap(({ hook, context }) =>
    Object.keys(context).map((field) => [hook, field] as const),
  );
  it.each(contextFields)('H1, H2, H3: %s without context.%s is refused', async (hook, field) => {
    const call = calls.find((each) => each.hook === hook) ?? sign;
    const body = { ...call, context: { ...call.context, [field]: undefined } };
    expect(await client.failureOf(body)).toEqual([400, 'HOOK_BODY_INVALID']);
  });

  it('H7: a selection that is no reference Type/id selects nothing', async () => {
    const { status, json } = await client.callService(
      orderSelect(assessablePatient, 'atezolizumab', 'not a reference'),
    );
    expect([status, json]).toEqual([200, { cards: [] }]);
  });

  it('A2, A6: fhirAuthorization in any shape does no harm', async () => {
    for (const fhirAuthorization of [
      {},
      { access_token: '' },
      { access_token: 7 },
      { token_type: 'MAC', access_token: 't' },
    ]) {
      const body = { ...sign, fhirServer: 'https://ehr.example/fhir', fhirAuthorization };
      expect((await client.callService(body)).status).toBe(200);
    }
  });
});
