import { describe, expect, it } from 'vitest';
import { type OrderRequest, readDraftOrders } from '../../../cds-hooks/draft-orders.ts';
import { drugWords, judgedOrders } from '../../../cds-hooks/orders.ts';
import { readHookRequest } from '../../../cds-hooks/request.ts';
import { mappings } from '../../helpers/fhir-resources.ts';

type Json = Readonly<Record<string, unknown>>;

const atc = 'http://www.whocc.no/atc';
const keytruda = { coding: [{ system: atc, code: 'L01FF02' }] };
const nivolumab = { coding: [{ system: atc, code: 'L01FF01' }] };
const ipilimumab = { text: 'ipilimumab 1 mg/kg' };
const request = (id: string, more: Json = {}): Json => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'draft',
  intent: 'order',
  subject: { reference: 'Patient/p1' },
  ...more,
});

function call(
  resources: readonly unknown[],
  selections: readonly string[] | null = null,
  more: Json = {},
): OrderRequest {
  const hook = selections === null ? 'order-sign' : 'order-select';
  const entry = resources.map((resource) => (isEntry(resource) ? resource : { resource }));
  const context = {
    userId: 'Practitioner/1',
    patientId: 'p1',
    draftOrders: { resourceType: 'Bundle', entry },
    ...(selections !== null && { selections }),
  };
  const body = { hook, hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea', context, ...more };
  return readHookRequest(body, hook) as OrderRequest;
}

function isEntry(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'resource' in value;
}

/** What is judged; Medications of the record are given by id. */
function judged(orders: OrderRequest, record: Readonly<Record<string, Json>> = {}) {
  return judgedOrders(readDraftOrders(orders), mappings, async (id) => {
    const found = record[id];
    return found === undefined ? undefined : { resourceType: 'Medication', id, ...found };
  });
}

const drugs = async (orders: OrderRequest, record?: Readonly<Record<string, Json>>) =>
  (await judged(orders, record))?.drugs;

describe('which draft is a checkpoint inhibitor', () => {
  it.each<[string, Json]>([
    ['a code', { medicationCodeableConcept: keytruda }],
    ['the INN in the text', { medicationCodeableConcept: { text: 'Pembrolizumab 200 mg IV' } }],
    ['the display of a reference', { medicationReference: { display: 'pembrolizumab 25 mg/mL' } }],
    [
      'a contained Medication',
      {
        contained: [{ resourceType: 'Medication', id: 'm', code: keytruda }],
        medicationReference: { reference: '#m' },
      },
    ],
    [
      'a category that is no list, and fields that are null',
      { category: { coding: [] }, dosageInstruction: null, medicationCodeableConcept: { ...keytruda, text: null } },
    ],
    [
      'a dose that is no dose, and no status',
      { status: undefined, dosageInstruction: { text: 7 }, medicationCodeableConcept: keytruda },
    ],
    [
      'a requester that is only an extension',
      {
        requester: {
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
        },
        medicationCodeableConcept: keytruda,
      },
    ],
  ])('%s', async (_title, more) => {
    expect(await judged(call([request('a', more)]))).toEqual({
      drugs: ['pembrolizumab'],
      references: ['MedicationRequest/a'],
    });
  });

  it('a Medication beside the order in the Bundle, by id, absolute reference or fullUrl', async () => {
    const beside = { resourceType: 'Medication', id: 'eMed', code: keytruda };
    for (const reference of ['Medication/eMed', 'https://ehr.example/api/FHIR/R4/Medication/eMed']) {
      expect(await drugs(call([request('a', { medicationReference: { reference } }), beside]))).toEqual([
        'pembrolizumab',
      ]);
    }
    const fullUrl = 'urn:uuid:5b5a2a4e-6b2f-4d8c-9a4e-0d6b2f4d8c9a';
    const entry = { fullUrl, resource: { resourceType: 'Medication', code: keytruda } };
    expect(await drugs(call([request('a', { medicationReference: { reference: fullUrl } }), entry]))).toEqual([
      'pembrolizumab',
    ]);
  });

  it('a Medication among the prefetched resources', async () => {
    const medications = {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Medication', id: 'm', code: keytruda } }],
    };
    const order = request('a', { medicationReference: { reference: 'Medication/m' } });
    expect(await drugs(call([order], null, { prefetch: { medicationRequests: medications, other: null } }))).toEqual([
      'pembrolizumab',
    ]);
  });

  it('a Medication that did not come along is read, brand names included', async () => {
    const order = request('a', { medicationReference: { reference: 'Medication/far', display: 'Some brand 100 mg' } });
    expect(await drugs(call([order]), { far: { code: keytruda } })).toEqual(['pembrolizumab']);
    expect(await drugs(call([order]), {})).toBeUndefined();
  });

  it('nothing is read for an order that says itself what it is', async () => {
    const order = request('a', { medicationReference: { reference: 'Medication/far', display: 'Nivolumab' } });
    const asked: string[] = [];
    await judgedOrders(
      readDraftOrders(call([order, request('b', { medicationCodeableConcept: { text: 'ibuprofen' } })])),
      mappings,
      async (id) => {
        asked.push(id);
        return undefined;
      },
    );
    expect(asked).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ['another drug', [request('a', { medicationCodeableConcept: { text: 'ibuprofen 400 mg' } })]],
    ['an order without a medication', [request('a')]],
    ['an order not to give it', [request('a', { medicationCodeableConcept: keytruda, doNotPerform: true })]],
    ['an order that was called off', [request('a', { medicationCodeableConcept: keytruda, status: 'cancelled' })]],
    ['a Medication without an order', [{ resourceType: 'Medication', id: 'm', code: keytruda }]],
    ['a ServiceRequest', [{ resourceType: 'ServiceRequest', id: 's', code: { text: 'pembrolizumab level' } }]],
    ['an empty Bundle', []],
  ])('%s: nothing', async (_title, resources) => {
    expect(await judged(call(resources))).toBeUndefined();
  });
});

describe('regimens', () => {
  const group = (action: unknown, contained: readonly unknown[] = []) => ({
    resourceType: 'RequestGroup',
    id: 'g',
    status: 'draft',
    intent: 'plan',
    contained,
    action,
  });

  it('RequestGroup: nested actions whose orders stand in the Bundle', async () => {
    const action = [{ title: 'Cycle 1', action: [{ resource: { reference: 'MedicationRequest/a' } }] }];
    const orders = call([group(action), request('a', { medicationCodeableConcept: keytruda })]);
    expect(await judged(orders)).toEqual({ drugs: ['pembrolizumab'], references: ['MedicationRequest/a'] });
  });

  it('RequestGroup: contained orders with a contained Medication go by the name of the group', async () => {
    const step = request('s', { medicationReference: { reference: '#m' } });
    const contained = [step, { resourceType: 'Medication', id: 'm', code: nivolumab }];
    const orders = call([group([{ resource: { reference: '#s' } }], contained)]);
    expect(await judged(orders)).toEqual({ drugs: ['nivolumab'], references: ['RequestGroup/g'] });
  });

  it('CarePlan: detail of an activity, or a reference', async () => {
    const plan = (activity: unknown) => ({
      resourceType: 'CarePlan',
      id: 'c',
      status: 'draft',
      intent: 'plan',
      activity,
    });
    expect(await judged(call([plan([{ detail: { status: 'scheduled', productCodeableConcept: keytruda } }])]))).toEqual(
      {
        drugs: ['pembrolizumab'],
        references: ['CarePlan/c'],
      },
    );
    const referenced = [
      plan([{ reference: { reference: 'MedicationRequest/a' } }]),
      request('a', { medicationCodeableConcept: nivolumab }),
    ];
    expect(await drugs(call(referenced))).toEqual(['nivolumab']);
    expect(
      await drugs(call([plan([{ detail: { doNotPerform: true, productCodeableConcept: keytruda } }])])),
    ).toBeUndefined();
  });

  it('a selected regimen brings its steps, a group that contains itself ends', async () => {
    const action = [{ resource: { reference: 'MedicationRequest/a' } }, { resource: { reference: 'RequestGroup/g' } }];
    const resources = [group(action), request('a', { medicationCodeableConcept: keytruda })];
    expect(await drugs(call(resources, ['RequestGroup/g']))).toEqual(['pembrolizumab']);
    expect(await drugs(call(resources, ['MedicationRequest/other']))).toBeUndefined();
  });
});

describe('several drafts', () => {
  const a = request('a', { medicationCodeableConcept: nivolumab });
  const b = request('b', { medicationCodeableConcept: ipilimumab });

  it('two inhibitors are one question that names both', async () => {
    const orders = await judged(call([a, request('x', { medicationCodeableConcept: { text: 'aspirin' } }), b]));
    expect(orders).toEqual({
      drugs: ['nivolumab', 'ipilimumab'],
      references: ['MedicationRequest/a', 'MedicationRequest/b'],
    });
    expect(orders && drugWords(orders)).toBe('nivolumab and ipilimumab');
    expect(drugWords({ drugs: ['a', 'b', 'c'], references: [] })).toBe('a, b and c');
  });

  it('order-select judges what is selected, also by an absolute reference', async () => {
    expect(await drugs(call([a, b], ['MedicationRequest/b']))).toEqual(['ipilimumab']);
    expect(await drugs(call([a, b], ['https://ehr.example/fhir/MedicationRequest/a']))).toEqual(['nivolumab']);
  });

  it('the same order twice under one id is one', async () => {
    expect(await judged(call([a, a]))).toEqual({ drugs: ['nivolumab'], references: ['MedicationRequest/a'] });
  });

  it('a draft that another one replaces is not judged', async () => {
    const instead = request('c', {
      medicationCodeableConcept: { text: 'docetaxel' },
      priorPrescription: { reference: 'MedicationRequest/a' },
    });
    expect(await drugs(call([a, instead]))).toBeUndefined();
    const group = {
      resourceType: 'RequestGroup',
      id: 'g',
      status: 'draft',
      replaces: [{ reference: 'MedicationRequest/a' }],
      action: [],
    };
    expect(await drugs(call([a, b, group]))).toEqual(['ipilimumab']);
    expect(await drugs(call([a, { ...instead, status: 'cancelled' }]))).toEqual(['nivolumab']);
  });

  it('C7: a draft for another patient is told', () => {
    const other = request('b', {
      medicationCodeableConcept: ipilimumab,
      subject: { reference: 'https://ehr.example/fhir/Patient/p2' },
    });
    expect(readDraftOrders(call([a, other])).otherPatients).toEqual(['Patient/p2']);
    expect(readDraftOrders(call([a, request('c', { subject: { display: 'Mrs X' } })])).otherPatients).toEqual([]);
  });
});
