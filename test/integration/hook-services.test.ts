import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceDescription } from '../../cds-hooks/services.ts';
import { reportFeedback } from '../../src/assessment/feedback-report.ts';
import { cdsHooksResponse } from '../helpers/cds-hooks-response.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { type HookService, startHookService } from '../helpers/hook-service.ts';

const patient = 'synthetic-cedar';
let service: HookService;

beforeAll(async () => {
  service = await startHookService();
  // Every later call finds the same state of the images.
  await (await service.engine.requestImaging(patient)).finished?.catch(() => undefined);
}, 120_000);
afterAll(() => service?.close());

async function load(resource: fhir4.FhirResource): Promise<void> {
  const bundle: fhir4.Bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource }] };
  await service.fhir.load(bundle);
}

describe('discovery', () => {
  const discover = (headers: Record<string, string> = {}) => fetch(`${service.url}/cds-services`, { headers });
  const described = async () => ((await (await discover()).json()) as { services: ServiceDescription[] }).services;

  it('D1, D3-D7, D9, D12: three services with distinct ids, described, stable, and of a stated version', async () => {
    const response = await discover();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const services = await described();
    expect(services.map(({ hook, id }) => [hook, id])).toEqual([
      ['patient-view', 'deltascope-patient-view'],
      ['order-select', 'deltascope-order-select'],
      ['order-sign', 'deltascope-order-sign'],
    ]);
    for (const { title, description, usageRequirements, version } of services) {
      expect([title, description, usageRequirements].every((text) => text.length > 10)).toBe(true);
      expect(version).toBe('2.0.1');
    }
    expect(await described()).toEqual(services);
  });

  it('D12: a client that kept the answer is told that it has not changed', async () => {
    const tag = (await discover()).headers.get('etag');
    expect(tag).toMatch(/"/);
    // fetch would send no-cache beside a condition of the caller's, which asks for the whole answer.
    const again = await discover({ 'If-None-Match': String(tag), 'Cache-Control': 'max-age=0' });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await discover({ 'If-None-Match': '"another"', 'Cache-Control': 'max-age=0' });
    expect(other.status).toBe(200);
  });

  it('P1-P3, P6, P7: templates are reads and type-level searches with one token, plain parameters, none twice', async () => {
    for (const { prefetch } of await described()) {
      const templates = Object.entries(prefetch);
      expect(templates.length).toBeLessThanOrEqual(10);
      for (const [key, template] of templates) {
        expect(template.match(/\{\{.*?\}\}/g), key).toEqual(['{{context.patientId}}']);
        if (key === 'patient') expect(template).toBe('Patient/{{context.patientId}}');
        else expect(template, key).toMatch(/^[A-Z][A-Za-z]+\?patient=\{\{context\.patientId\}\}(&[a-z_]+=[^&{}]+)*$/);
        const names = [...template.matchAll(/[?&]([^=]+)=/g)].map(([, name]) => name);
        expect(new Set(names).size, key).toBe(names.length);
        expect(template).not.toMatch(/_include|_revinclude|_has|\.[a-z]+=|:[a-z]+=/);
      }
    }
  });
});

describe('a service call', () => {
  const send = async (body: unknown, endpoint = 'deltascope-order-sign') => {
    const response = await service.post(endpoint, body);
    return {
      status: response.status,
      body: (await response.json()) as { issue?: { code: string }[]; cards?: unknown[] },
    };
  };
  const call = orderSign(patient, 'atezolizumab');

  it('R1: the whole response keeps to CDS Hooks 2.0.1', async () => {
    const { status, body } = await send(call);
    expect(status).toBe(200);
    expect(cdsHooksResponse.safeParse(body).error?.issues).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['C2: without hookInstance', { ...call, hookInstance: undefined }],
    ['C2: without context', { ...call, context: undefined }],
    ['C3: for another hook', { ...call, hook: 'patient-view' }],
    ['C3: for an unknown hook', { ...call, hook: 'encounter-start' }],
    ['H3: without draft orders', { ...call, context: { ...call.context, draftOrders: undefined } }],
    ['H7: with a path for a patient', { ...call, context: { ...call.context, patientId: '../metadata' } }],
    [
      'C7: with a draft for another patient',
      { ...call, context: { ...orderSign('p2', 'nivolumab').context, patientId: patient } },
    ],
    ['C7: with another Patient prefetched', { ...call, prefetch: { patient: { resourceType: 'Patient', id: 'p2' } } }],
  ])('%s: 400 and an OperationOutcome', async (_title, body) => {
    const answer = await send(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('C5, C6: unknown fields and an upper-case UUID of version 1 are taken; G6: JSON back', async () => {
    const odd = { ...call, hookInstance: '7D9C1F60-C5A1-11EF-8000-00805F9B34FB', extension: { 'a.b': {} }, more: 1 };
    expect((await send(odd)).status).toBe(200);
  });

  it('H1, H2: patient-view and order-select', async () => {
    expect((await send(patientView(patient), 'deltascope-patient-view')).status).toBe(200);
    const { context } = orderSelect(patient, 'nivolumab');
    const without = { ...orderSelect(patient, 'nivolumab'), context: { ...context, selections: undefined } };
    expect((await send(without, 'deltascope-order-select')).status).toBe(400);
  });

  it('R2: nothing to say is an empty list', async () => {
    expect(await send(orderSign(patient, 'ibuprofen'))).toEqual({ status: 200, body: { cards: [] } });
  });

  it('a Medication that is only in the record is read', async () => {
    const far: fhir4.Medication = { resourceType: 'Medication', id: 'far', code: { text: 'pembrolizumab 100 mg' } };
    await load(far);
    const body = orderSign(patient, 'x');
    const drafted = body.context.draftOrders.entry[0]?.resource;
    Object.assign(drafted ?? {}, {
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/far' },
    });
    expect((await service.cards(body))[0]?.summary).toMatch(/pembrolizumab/i);
  });
});

describe('advice that was given a moment ago', () => {
  const as = <T extends { context: object }>(body: T, changes: object) => ({
    ...body,
    context: { ...body.context, ...changes },
  });

  it('is not repeated at order-sign to the same user, unless something has changed', async () => {
    const user = { userId: 'Practitioner/a' };
    expect(await service.cards(as(orderSelect(patient, 'nivolumab'), user))).toHaveLength(1);
    expect(await service.cards(as(orderSign(patient, 'nivolumab'), user))).toEqual([]);
    expect(await service.cards(as(orderSign(patient, 'nivolumab'), { userId: 'Practitioner/b' }))).toHaveLength(1);
    expect(await service.cards(as(orderSign(patient, 'atezolizumab'), user))).toHaveLength(1);
    expect(await service.cards(as(orderSign('synthetic-dahlia', 'nivolumab'), user))).toHaveLength(1);
  });

  it('is given again when an input has come in between', async () => {
    const id = 'synthetic-dahlia';
    expect(await service.cards(orderSelect(id, 'durvalumab'))).toHaveLength(1);
    const ecog: fhir4.Observation = {
      resourceType: 'Observation',
      id: 'new-ecog',
      status: 'final',
      subject: { reference: `Patient/${id}` },
      code: { coding: [{ system: 'http://loinc.org', code: '89247-1' }] },
      effectiveDateTime: new Date().toISOString(),
      valueInteger: 3,
    };
    await load(ecog);
    expect(await service.cards(orderSign(id, 'durvalumab'))).toHaveLength(1);
  });

  it('is repeated where the site wants it', async () => {
    const always = await startHookService({ DELTASCOPE_REPEAT_ADVICE: 'always' });
    try {
      await (await always.engine.requestImaging(patient)).finished?.catch(() => undefined);
      expect(await always.cards(orderSelect(patient, 'nivolumab'))).toHaveLength(1);
      expect(await always.cards(orderSign(patient, 'nivolumab'))).toHaveLength(1);
    } finally {
      await always.close();
    }
  }, 60_000);
});

describe('feedback', () => {
  const at = new Date().toISOString();

  it('F1-F3, F5, F8: accepted and overridden cards are counted once, unknown ones apart', async () => {
    const [accepted] = await service.cards(orderSign(patient, 'cemiplimab'));
    const [overridden] = await service.cards(patientView(patient));
    const [suggestion] = accepted?.suggestions ?? [];
    const reason = overridden?.overrideReasons?.[0];
    const before = reportFeedback(await service.engine.store.cardOutcomes({}), 0);
    const feedback = [
      {
        card: accepted?.uuid,
        outcome: 'accepted',
        acceptedSuggestions: [{ id: suggestion?.uuid }],
        outcomeTimestamp: at,
      },
      {
        card: overridden?.uuid,
        outcome: 'overridden',
        overrideReason: { reason, userComment: 'Mrs Secret' },
        outcomeTimestamp: at,
      },
      { card: '00000000-0000-4000-8000-000000000000', outcome: 'overridden', outcomeTimestamp: at },
    ];
    for (const _repeat of [1, 2]) {
      const response = await service.post('deltascope-order-sign/feedback', { feedback });
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
    const outcomes = await service.engine.store.cardOutcomes({});
    const report = reportFeedback(outcomes, await service.engine.store.unknownFeedback({}));
    expect(report.total.accepted - before.total.accepted).toBe(1);
    expect(report.total.overridden - before.total.overridden).toBe(1);
    expect(report.total.shown).toBe(before.total.shown);
    expect(report.unknown).toBe(1);
    expect(report.bySuggestion).toEqual([{ suggestion: suggestion?.label, cards: 1 }]);
    expect(report.byReason).toMatchObject([{ reason: reason?.display, service: 'deltascope-patient-view', cards: 1 }]);
    expect(JSON.stringify(outcomes)).not.toContain('Secret');
    expect(await service.engine.store.cardOutcomes({ from: '2099-01-01' })).toEqual([]);
  });

  it('the last report about a card counts', async () => {
    const [card] = await service.cards(orderSign('synthetic-dahlia', 'avelumab'));
    const report = (outcome: string, outcomeTimestamp: string) =>
      service.post('deltascope-order-sign/feedback', { feedback: [{ card: card?.uuid, outcome, outcomeTimestamp }] });
    const day = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
    const count = async () => reportFeedback(await service.engine.store.cardOutcomes({}), 0).total;
    const before = await count();
    await report('accepted', day(1));
    await report('overridden', day(2));
    const after = await count();
    expect([after.accepted - before.accepted, after.overridden - before.overridden]).toEqual([1, 0]);
  });

  it('a report by another client than the one that got the card is marked, and does not count', async () => {
    const [card] = await service.cards(orderSign('synthetic-dahlia', 'durvalumab'));
    const { store } = service.engine;
    const [before, unknown] = [await store.cardOutcomes({}), await store.unknownFeedback({})];
    await store.saveFeedback([
      {
        issuer: 'https://other.example',
        service: 'deltascope-order-sign',
        card: card?.uuid ?? '',
        outcome: 'accepted',
        outcomeTimestamp: at,
        acceptedSuggestions: [],
        reason: null,
        userComment: null,
      },
    ]);
    expect(await store.cardOutcomes({})).toEqual(before);
    expect(await store.unknownFeedback({})).toBe(unknown + 1);
  });

  it('a wrong body is refused with an OperationOutcome; an unknown service is not found', async () => {
    const wrong = await service.post('deltascope-order-sign/feedback', { feedback: 'none' });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { resourceType: 'OperationOutcome' }]);
    expect((await service.post('other/feedback', { feedback: [] })).status).toBe(404);
    const read = await fetch(`${service.url}/cds-services/deltascope-order-sign/feedback`);
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});
