import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createFhirClient } from '../../src/fhir/client.ts';
import { newest } from '../../src/fhir/facts.ts';
import { readPatient } from '../../src/fhir/patient.ts';
import { readClinicalFacts } from '../../src/fhir/read-facts.ts';
import type { Bundle, Resource } from '../../src/fhir/resources.ts';
import { type Answer, type FaultServer, startFaultServer } from '../helpers/fhir-fault-server.ts';
import {
  administration,
  asOf,
  bodyStructure,
  concept,
  lab,
  mappings,
  medication,
  observation,
  patient,
  patientId,
  sclc,
  snomed,
} from '../helpers/fhir-resources.ts';
import { hasOracles, oracleJson, oracleSkipReason } from '../helpers/oracles.ts';

const options = { mappings, asOf, now: asOf };
const bundle = (resources: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: resources.map((resource) => ({ resource })),
});

let server: FhirServer;
beforeAll(async () => {
  server = await startFhirServer();
});
afterAll(() => server.close());

describe('facts over HTTP from the embedded server', () => {
  const record = [
    patient({
      identifier: [
        {
          system: 'http://hl7.org/fhir/sid/us-ssn',
          type: concept('http://terminology.hl7.org/CodeSystem/v2-0203', 'SS'),
          value: '999-11-2222',
        },
        { system: 'https://hospital.example/old', use: 'old', value: 'OLD1' },
        { system: 'https://deltascope.example/pacs-patient-id', value: 'PACS1' },
        {
          system: 'https://hospital.example/mrn',
          type: concept('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR'),
          value: 'MRN1',
        },
      ],
      meta: { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] },
    }),
    sclc({ id: 'sclc-1' }),
    observation('399534004', { id: 'n3', valueCodeableConcept: concept(snomed, '1229984001') }, snomed),
    lab('14804-9', 412, 'U/L', { id: 'ldh', referenceRange: [{ high: { value: 250, code: 'U/L' } }] }),
    lab('751-8', 6.3, '10*9/L', { id: 'neutrophils' }),
    lab('731-0', 0.9, '10*9/L', { id: 'lymphocytes' }),
    medication({ id: 'atezolizumab', code: { text: 'atezolizumab' } }),
    administration('', '2026-02-01', {
      id: 'dose',
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/atezolizumab' },
    }),
    observation('97509-4', {
      id: 'pd',
      valueCodeableConcept: concept(snomed, '271299001'),
      effectiveDateTime: '2026-06-16',
    }),
    bodyStructure({ id: 'lesion', identifier: [{ value: 'L1' }], location: concept(snomed, '10200004') }),
  ];

  test('labs, stage, histology, therapy and lesions, with a referenced Medication', async () => {
    await server.load(bundle(record));
    // The lesion has no date but that of the server's last update, which is the time of this test.
    const present = { mappings, asOf: new Date() };
    const facts = await readClinicalFacts(createFhirClient({ baseUrl: server.url }), patientId, present);
    expect(facts.problems).toEqual([]);
    expect(facts.patient).toEqual({
      reference: 'Patient/p1',
      identifiers: ['MRN1', 'PACS1', 'OLD1'],
      birthDate: '1952-03-04',
      sex: 'female',
      synthetic: true,
    });
    expect(newest(facts, 'ldh')).toMatchObject({ value: 412, upperLimit: 250, sources: ['Observation/ldh'] });
    const keys = [
      'nlr',
      'nStage',
      'histology',
      'immunotherapyStart',
      'therapyLine',
      'firstLinePfsMonths',
      'metastaticLesions',
    ] as const;
    expect(keys.map((key) => newest(facts, key)?.value)).toEqual([7, 3, 'sclc', '2026-02-01', 2, 4.44, 1]);
  });

  test('a configured PACS identifier system is the only one', async () => {
    const system = 'https://deltascope.example/pacs-patient-id';
    const found = await readPatient(createFhirClient({ baseUrl: server.url }), patientId, system);
    expect(found.identifiers).toEqual(['PACS1']);
  });

  test('450 results of one test in pages of 200', async () => {
    const many = Array.from({ length: 450 }, (_, day) =>
      lab('2532-0', 100 + day, 'U/L', {
        id: `ldh-${day}`,
        subject: { reference: 'Patient/many' },
        effectiveDateTime: new Date(Date.UTC(2025, 0, 1 + day)).toISOString(),
      }),
    );
    await server.load(bundle([patient({ id: 'many' }), ...many]));
    // Patience: the embedded server searches slowly where other tests take the processor.
    const client = createFhirClient({ baseUrl: server.url, timeoutMs: 50_000 });
    const facts = await readClinicalFacts(client, 'many', options);
    expect(facts.timeline.filter(({ key }) => key === 'ldh').map(({ value }) => value)).toEqual(
      Array.from({ length: 450 }, (_, at) => 549 - at),
    );
    // The embedded server needs most of it, to take in the results.
  }, 60_000);

  test('two patients in one bundle, absolute subjects: each has only their own', async () => {
    const of = (id: string, value: number) => [
      patient({ id }),
      lab('2532-0', value, 'U/L', { id: `ldh-${id}`, subject: { reference: `${server.url}/Patient/${id}` } }),
    ];
    const both = [...of('left', 300), ...of('right', 900)];
    const prefetched = await readClinicalFacts(createFhirClient({ baseUrl: server.url }), 'left', {
      ...options,
      prefetch: { patient: both[0], labs: bundle(both) },
    });
    expect(prefetched.timeline.filter(({ key }) => key === 'ldh').map(({ value }) => value)).toEqual([300]);
    expect(prefetched.problems.map(({ code }) => code)).toEqual(['FHIR_SUBJECT_MISMATCH']);
  });

  test('an unknown patient', async () => {
    const reading = readClinicalFacts(createFhirClient({ baseUrl: server.url }), 'nobody', options);
    await expect(reading).rejects.toMatchObject({ code: 'FHIR_PATIENT_NOT_FOUND', subject: 'Patient/nobody' });
  });
});

describe('the embedded server itself', () => {
  const get = async (path: string) => (await fetch(`${server.url}/${path}`)).json() as Promise<Record<string, unknown>>;

  test('says what it is', async () => {
    expect(await get('metadata')).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
  });

  test('creates, reads, updates, deletes', async () => {
    const write = (method: string, path: string, body?: unknown) =>
      fetch(`${server.url}/${path}`, {
        method,
        headers: { 'content-type': 'application/fhir+json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const created = await write('POST', 'Patient', { resourceType: 'Patient', gender: 'male' });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    expect((await write('PUT', `Patient/${id}`, { resourceType: 'Patient', id, gender: 'female' })).status).toBe(200);
    expect(await get(`Patient/${id}`)).toMatchObject({ gender: 'female' });
    expect((await write('DELETE', `Patient/${id}`)).status).toBe(200);
    expect((await fetch(`${server.url}/Patient/${id}`)).status).toBe(404);
    expect((await write('POST', 'Patient', '{')).status).toBe(400);
  });

  test('a posted transaction resolves references between its entries', async () => {
    const fullUrl = 'urn:uuid:0d1a2b3c-0000-4000-8000-000000000001';
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          { fullUrl, resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
          {
            resource: { resourceType: 'Condition', id: 'of-new', subject: { reference: fullUrl } },
            request: { method: 'PUT', url: 'Condition/of-new' },
          },
        ],
      }),
    });
    expect(await response.json()).toMatchObject({
      type: 'transaction-response',
      entry: [{}, { response: { location: 'Condition/of-new' } }],
    });
    const { subject } = (await get('Condition/of-new')) as { subject: { reference: string } };
    expect(await get(subject.reference)).toMatchObject({ resourceType: 'Patient' });
  });

  test('search: bare patient id, fullUrl, mode, total, order by time across zones, links', async () => {
    const at = (id: string, effectiveDateTime: string) =>
      lab('777-3', 200, '10*9/L', { id, subject: { reference: 'Patient/sorted' }, effectiveDateTime });
    await server.load(
      bundle([
        at('s1', '2026-01-01T09:00:00+09:00'),
        at('s2', '2026-01-01T01:00:00Z'),
        at('s3', '2025-12-31T23:00:00Z'),
      ]),
    );
    const found = (await get('Observation?patient=sorted&_sort=-date&_count=2&unknown-parameter=1')) as {
      total: number;
      link: { relation: string; url: string }[];
      entry: { fullUrl: string; resource: { id: string }; search: { mode: string } }[];
    };
    expect(found.total).toBe(3);
    expect(found.entry.map(({ resource }) => resource.id)).toEqual(['s2', 's1']);
    expect(found.entry[0]).toMatchObject({ fullUrl: `${server.url}/Observation/s2`, search: { mode: 'match' } });
    const next = found.link.find(({ relation }) => relation === 'next')?.url ?? '';
    const rest = (await (await fetch(next)).json()) as typeof found;
    expect(rest.entry.map(({ resource }) => resource.id)).toEqual(['s3']);
    expect(rest.link.map(({ relation }) => relation)).toEqual(['self']);
  });
});

describe('a server that fails in part', () => {
  const servers: FaultServer[] = [];
  const reading = async (answer: (resourceType: string) => Answer | undefined) => {
    const faults = await startFaultServer((request) => {
      const resourceType = /^\/fhir\/([A-Za-z]+)/.exec(request.url ?? '')?.[1] ?? '';
      const body = resourceType === 'Patient' ? patient() : bundle(resourceType === 'Condition' ? [sclc()] : []);
      return answer(resourceType) ?? { body };
    });
    servers.push(faults);
    return readClinicalFacts(createFhirClient({ baseUrl: faults.url }), patientId, options);
  };
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((each) => each.close()));
  });

  test('Observations fail: the rest is read, one line says what is missing', async () => {
    const facts = await reading((type) => (type === 'Observation' ? { status: 500 } : undefined));
    expect(newest(facts, 'histology')?.value).toBe('sclc');
    expect(facts.problems).toMatchObject([{ code: 'FHIR_UNREACHABLE' }]);
    expect(facts.problems[0]?.text).toContain('Observation could not be read');
    expect(newest(facts, 'therapyLine')).toBeUndefined();
  });

  test('access to medication refused: no line of therapy is concluded', async () => {
    const facts = await reading((type) => (type.startsWith('Medication') ? { status: 403 } : undefined));
    expect(facts.problems.map(({ code }) => code)).toEqual([
      'FHIR_UNREACHABLE',
      'FHIR_UNREACHABLE',
      'FHIR_UNREACHABLE',
    ]);
    expect(newest(facts, 'therapyLine')).toBeUndefined();
  });

  test('a type that is not offered holds nothing', async () => {
    const facts = await reading((type) => (type === 'MedicationStatement' ? { status: 404 } : undefined));
    expect(facts.problems).toMatchObject([{ text: 'The FHIR server does not offer MedicationStatement' }]);
    expect(newest(facts, 'therapyLine')?.value).toBe(1);
  });

  test('the Patient fails: that is an error', async () => {
    await expect(reading((type) => (type === 'Patient' ? { status: 401 } : undefined))).rejects.toMatchObject({
      code: 'FHIR_REFUSED',
    });
  });
});

const title = hasOracles ? 'a bundle made by others' : `a bundle made by others (skipped: ${oracleSkipReason})`;

describe.skipIf(!hasOracles)(title, () => {
  test('Synthea, Sherman McGlynn: 700 resources with urn:uuid references, loaded and read over HTTP', async () => {
    await server.load(oracleJson<Bundle>('fhir/synthea/Sherman_McGlynn_8ef2ef98-48c5-427e-80d4-5e8f30ac8bf5.json'));
    const facts = await readClinicalFacts(
      createFhirClient({ baseUrl: server.url }),
      'ffb8ae8f-8c7f-4475-8c42-d38419108e94',
      { ...options, asOf: new Date('2010-01-01T00:00:00Z') },
    );
    expect([newest(facts, 'histology')?.value, newest(facts, 'age')?.value]).toEqual(['sclc', 73]);
    expect(newest(facts, 'leukocytes')?.value).toBeCloseTo(6.273337, 5);
  });
});
