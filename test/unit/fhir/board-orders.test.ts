import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/errors.ts';
import { readBoardOrders } from '../../../src/fhir/board-orders.ts';
import type { FhirSource, SearchParams } from '../../../src/fhir/client.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import { mappings } from '../../helpers/fhir-resources.ts';

const today = '2026-11-21';
const board = { coding: [{ system: 'http://snomed.info/sct', code: '720006006' }] };
const request = { resourceType: 'ServiceRequest', id: 'r', status: 'active', code: board, authoredOn: '2026-11-01' };
const own = { subject: { reference: 'Patient/p' } };
const task = { ...request, resourceType: 'Task', id: 't', for: { reference: 'Patient/p' } };
const appointment = {
  resourceType: 'Appointment',
  id: 'a',
  status: 'booked',
  serviceType: [board],
  start: '2026-11-24T13:00:00Z',
  participant: [{ actor: { reference: 'https://ehr.example/fhir/Patient/p' } }],
};

/** A server that holds resources, fails for some types, and keeps what it was asked for. */
function server(held: readonly object[], failing: Readonly<Record<string, 'FHIR_REFUSED' | 'FHIR_NOT_OFFERED'>> = {}) {
  const asked: Record<string, SearchParams> = {};
  const source: FhirSource = {
    read: () => Promise.reject(new Error('not asked for')),
    async search(resourceType, params) {
      asked[resourceType] = params;
      const code = failing[resourceType];
      if (code !== undefined) throw new FhirError(code, resourceType, 'made up');
      return (held as Resource[]).filter((each) => each.resourceType === resourceType);
    },
  };
  return { source, asked };
}

const read = (source: FhirSource, prefetch?: Record<string, unknown>) =>
  readBoardOrders(source, 'p', {
    codes: mappings.tumourBoard,
    today,
    openForDays: 90,
    ...(prefetch !== undefined && { prefetch }),
  });

describe('referrals to the tumour board', () => {
  it('asks for the codes of tumour-board.json, and for appointments that are to come', async () => {
    const { source, asked } = server([]);
    expect(await read(source)).toEqual({ open: [], unread: [] });
    const searched = { patient: 'p', code: '720006006,C93304', _count: 200 };
    expect(asked).toEqual({
      ServiceRequest: searched,
      Task: searched,
      Appointment: {
        patient: 'p',
        'service-type': '720006006,C93304',
        date: ['ge2026-11-21', 'le2027-02-19'],
      },
    });
  });

  it('finds each kind, with its date', async () => {
    const { source } = server([{ ...request, ...own }, task, appointment]);
    expect((await read(source)).open).toEqual([
      { resourceType: 'ServiceRequest', reference: 'ServiceRequest/r', date: '2026-11-01' },
      { resourceType: 'Task', reference: 'Task/t', date: '2026-11-01' },
      { resourceType: 'Appointment', reference: 'Appointment/a', date: '2026-11-24' },
    ]);
  });

  it.each<[string, object, boolean]>([
    ['a draft', { status: 'draft' }, true],
    ['on hold', { status: 'on-hold' }, true],
    ['in a status that its author does not know', { status: 'unknown' }, true],
    ['without a status', { status: undefined }, true],
    ['done', { status: 'completed' }, false],
    ['called off', { status: 'revoked' }, false],
    ['entered in error', { status: 'entered-in-error' }, false],
    ['without a date', { authoredOn: undefined }, true],
    ['90 days old', { authoredOn: '2026-08-23T23:00:00Z' }, true],
    ['older, and never closed', { authoredOn: '2026-08-22' }, false],
    ['with a month only that may be within', { authoredOn: '2026-08' }, true],
    ['with a month only that is over', { authoredOn: '2026-07' }, false],
    ['of another kind', { code: { coding: [{ system: 'http://loinc.org', code: '24628-0' }] } }, false],
    ['of the code in another system', { code: { coding: [{ system: 'urn:x', code: '720006006' }] } }, false],
    ['about another patient', { subject: { reference: 'Patient/q' } }, false],
    ['about nobody', { subject: undefined }, false],
  ])('a referral %s: open %s', async (_title, change, open) => {
    const { source } = server([{ ...request, ...own, ...change }]);
    expect((await read(source)).open.length === 1).toBe(open);
  });

  it('takes the ServiceRequests that were prefetched, and asks for the rest', async () => {
    const { source, asked } = server([]);
    const bundle = { resourceType: 'Bundle', entry: [{ resource: { ...request, ...own } }] };
    expect((await read(source, { tumourBoardRequests: bundle })).open).toHaveLength(1);
    expect((await read(source, { tumourBoardRequests: null })).open).toEqual([]);
    expect(Object.keys(asked)).toEqual(['Task', 'Appointment']);
  });

  it('names what could not be read; a type that the server does not know holds nothing', async () => {
    const { source } = server([task], { ServiceRequest: 'FHIR_REFUSED', Appointment: 'FHIR_NOT_OFFERED' });
    const orders = await read(source);
    expect([orders.open.length, orders.unread]).toEqual([1, ['ServiceRequest']]);
  });
});
