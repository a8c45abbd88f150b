import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { lung1Bundle } from '../helpers/lung1-record.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:9';
const closers: (() => Promise<unknown>)[] = [];
let fhirUrl: string;
let dicomwebUrl: string;
let service: TestService;

/** The record of LUNG1 with one laboratory result changed. */
function recordWith(id: string, change: Partial<fhir4.Observation>): fhir4.Bundle {
  const text = JSON.stringify(lung1Bundle()).replaceAll('lung1', id).replaceAll('LUNG1', id.toUpperCase());
  const bundle = JSON.parse(text) as fhir4.Bundle;
  const ldh = bundle.entry?.find(({ resource }) => resource?.id === `${id}-ldh`);
  Object.assign(ldh?.resource ?? {}, change);
  return bundle;
}

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-failures-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const fhirServer = await startFhirServer();
  closers.push(fhirServer.close);
  fhirUrl = fhirServer.url;
  await fhirServer.load(lung1Bundle());
  await fhirServer.load(
    recordWith('implausible', {
      valueQuantity: { value: 4_000_000, unit: 'U/L', system: 'http://unitsofmeasure.org', code: 'U/L' },
    }),
  );
  await fhirServer.load(recordWith('unit', { valueQuantity: { value: 412, unit: 'furlong' } }));
  const dicomwebServer = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  closers.push(dicomwebServer.close);
  dicomwebUrl = dicomwebServer.url;
  service = await startTestService(fhirUrl, dicomwebUrl, undefined, { DELTASCOPE_REPEAT_ADVICE: 'always' });
  closers.push(service.close);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** The card of an order after the image analysis has ended. */
async function settledCard(on: TestService, patientId: string) {
  await on.call(orderSign(patientId, 'atezolizumab'));
  await (await on.engine.requestImaging(patientId)).finished;
  const { status, cards } = await on.call(orderSign(patientId, 'atezolizumab'));
  expect(status).toBe(200);
  expect(cards).toHaveLength(1);
  return cards[0];
}

describe('a hook answers 200 with a card that says what is missing', () => {
  it('PACS down', async () => {
    const down = await startTestService(fhirUrl, nowhere);
    closers.push(down.close);
    const card = await settledCard(down, 'lung1');
    expect(card?.extension['org.deltascope.result']).toMatchObject({ status: 'not-assessable', imaging: 'failed' });
    expect(await down.engine.store.imagingStatusOf('Patient/lung1')).toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(card?.detail).toMatch(/Missing:\n- .*signature/i);
  });

  it('no CT in the PACS', async () => {
    const card = await settledCard(service, 'lung1');
    expect(card?.extension['org.deltascope.result']).toMatchObject({ status: 'not-assessable', imaging: 'none' });
    expect(await service.engine.store.imagingStatusOf('Patient/lung1')).toMatchObject({ code: 'IMAGING_NO_CT' });
  });

  it('a laboratory result outside the plausible range', async () => {
    const card = await settledCard(service, 'implausible');
    expect(card?.detail).toContain('LAB_IMPLAUSIBLE');
    expect(card?.detail).toMatch(/- LDH: not in the record\. To mend: order LDH/);
  });

  it('a laboratory result in an unknown unit', async () => {
    const card = await settledCard(service, 'unit');
    expect(card?.detail).toContain('LAB_UNIT_UNKNOWN');
    expect(card?.detail).toContain('furlong');
  });
});

describe('a hook answers 412 when the Patient is missing', () => {
  it('FHIR server down', async () => {
    const down = await startTestService(nowhere, dicomwebUrl);
    closers.push(down.close);
    expect(await down.call(orderSign('lung1', 'atezolizumab'))).toEqual({ status: 412, cards: [] });
  });

  it.each([
    ['an order', orderSign('nobody', 'atezolizumab')],
    ['a chart', patientView('nobody')],
  ])('a patient that the FHIR server does not know: %s', async (_title, body) => {
    expect(await service.call(body)).toEqual({ status: 412, cards: [] });
  });
});

describe('a hook says nothing when there is nothing to say', () => {
  it.each([
    ['another drug', orderSign('lung1', 'ibuprofen 400 mg')],
    ['a checkpoint inhibitor that is not selected', orderSelect('lung1', 'atezolizumab', 'MedicationRequest/other')],
  ])('%s', async (_title, body) => {
    expect(await service.call(body)).toEqual({ status: 200, cards: [] });
  });

  it('but answers all three hooks for a lung cancer patient', async () => {
    for (const body of [
      patientView('lung1'),
      orderSelect('lung1', 'Tecentriq (atezolizumab) 1200 mg'),
      orderSign('lung1', 'atezolizumab'),
    ]) {
      expect((await service.call(body)).cards, body.hook).toHaveLength(1);
    }
  });
});

describe('a wrong request gets an OperationOutcome with a stable code', () => {
  async function send(path: string, body: string, type = 'application/json', method = 'POST') {
    const response = await fetch(`${service.url}${path}`, {
      method,
      headers: { 'Content-Type': type },
      ...(method === 'POST' && { body }),
    });
    return { status: response.status, body: (await response.json()) as fhir4.OperationOutcome };
  }
  const sign = '/cds-services/deltascope-order-sign';

  it.each([
    ['no JSON', sign, '{', 400, 'HOOK_BODY_INVALID'],
    ['no hook call', sign, '{"hook":"order-sign"}', 400, 'HOOK_BODY_INVALID'],
    ['another hook than the service answers', sign, JSON.stringify(patientView('lung1')), 400, 'HOOK_MISMATCH'],
    ['an unknown service', '/cds-services/other', '{}', 404, 'HOOK_UNKNOWN_SERVICE'],
    ['a body that is too large', sign, `{"x":"${'x'.repeat(6 << 20)}"}`, 413, 'HTTP_TOO_LARGE'],
    ['an unknown path', '/elsewhere', '{}', 404, 'HTTP_NOT_FOUND'],
  ])('%s', async (_title, path, text, status, code) => {
    const answer = await send(path, text);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', details: { text: code } }],
    });
  });

  it('another media type, another method', async () => {
    expect((await send(sign, 'x', 'text/plain')).body.issue[0]?.details?.text).toBe('HTTP_MEDIA_TYPE');
    expect((await send(sign, '', 'application/json', 'DELETE')).status).toBe(405);
  });

  it('a prefetched Patient other than the one of the context', async () => {
    const body = {
      ...orderSign('lung1', 'atezolizumab'),
      prefetch: { patient: { resourceType: 'Patient', id: 'other' } },
    };
    expect((await send(sign, JSON.stringify(body))).body.issue[0]?.details?.text).toBe('FHIR_SUBJECT_MISMATCH');
  });
});

describe('discovery and health', () => {
  it('lists three services with ids of their own', async () => {
    const response = await fetch(`${service.url}/cds-services`);
    const { services } = (await response.json()) as { services: { hook: string; id: string; description: string }[] };
    expect(services.map(({ hook }) => hook)).toEqual(['patient-view', 'order-select', 'order-sign']);
    expect(new Set(services.map(({ id }) => id)).size).toBe(3);
  });

  it('answers health with the version', async () => {
    expect(await (await fetch(`${service.url}/health`)).json()).toEqual({ status: 'ok', version: 'test' });
  });
});
