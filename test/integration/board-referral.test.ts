import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../cds-hooks/card.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

const today = new Date().toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const code = { coding: [{ system: 'http://snomed.info/sct', code: '720006006' }] };

let fhir: FhirServer;
let service: TestService;
beforeAll(async () => {
  fhir = await startFhirServer();
});
afterAll(() => fhir.close());

const subject = { reference: 'Patient/synthetic-elm' };

function load(...resources: readonly fhir4.FhirResource[]): Promise<void> {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  return fhir.load({ resourceType: 'Bundle', type: 'batch', entry } as never);
}

beforeAll(async () => {
  const patient = syntheticPatients.find(({ id }) => id === 'synthetic-elm');
  if (patient === undefined) throw new Error('no such patient');
  await fhir.load(createPatient(patient, today).bundle);
  // The study left these patients out: the number is outside its population, and the card of an order is a warning.
  await load({
    ...{ resourceType: 'Condition' as const, id: 'brain', subject, recordedDate: today },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '94225005' }] },
  });
  service = await startTestService(
    fhir.url,
    'http://127.0.0.1:9',
    undefined,
    { DELTASCOPE_REPEAT_ADVICE: 'always' },
    0,
  );
});
afterAll(() => service.close());

async function warning(): Promise<Card> {
  const { cards } = await service.call(orderSign('synthetic-elm', 'atezolizumab'));
  const [card] = cards;
  if (card?.indicator !== 'warning') throw new Error(`no warning: ${card?.summary}`);
  return card;
}
const labels = ({ suggestions = [] }: Card) => suggestions.map(({ label }) => label);
const refer = 'Refer to the tumour board';

describe('a warning, and referrals in the record', () => {
  it('none: it suggests one, and the reading is in the audit trail', async () => {
    const card = await warning();
    expect(labels(card)).toContain(refer);
    expect(JSON.stringify(card)).not.toContain('not known whether');
    const reads: AuditEntry[] = [];
    for await (const { text } of service.engine.store.audit.read(new Date(0), new Date('2100-01-01'))) {
      const entry = JSON.parse(text) as AuditEntry;
      if (entry.details.about === 'tumour-board') reads.push(entry);
    }
    expect(reads).toEqual([
      expect.objectContaining({ event: 'read', patient: 'Patient/synthetic-elm', outcome: 'success' }),
    ]);
  });

  it('one is open: none is suggested, and the card says which', async () => {
    await load({
      ...{ resourceType: 'ServiceRequest', id: 'referral', status: 'active', intent: 'order', code },
      ...{ subject, authoredOn: today },
    });
    const card = await warning();
    expect(labels(card)).not.toContain(refer);
    expect(card.detail).toMatch(
      /\*\*Tumour board\.\*\* Referral of \d+ \w+ \d{4} is open \(ServiceRequest\/[\w-]+\)\./,
    );
  });

  it('on the list of a board to come', async () => {
    await load({
      ...{ resourceType: 'Appointment', id: 'board', status: 'booked', serviceType: [code], start: inDays(2) },
      participant: [{ status: 'accepted', actor: subject }],
    });
    expect((await warning()).detail).toMatch(/on the list for \d+ \w+ \d{4} \(Appointment\/[\w-]+\)/i);
  });
});
