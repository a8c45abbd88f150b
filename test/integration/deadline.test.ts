import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFhirClient } from '../../src/fhir/client.ts';
import { type Answer, type FaultServer, startFaultServer } from '../helpers/fhir-fault-server.ts';
import { orderSign, patientView } from '../helpers/hook-calls.ts';
import { completePrefetch, lung1Patient, searchset, startRecordServer } from '../helpers/record-server.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

const nowhere = 'http://127.0.0.1:9';
const deadlineMs = 450;
/** Most that an answer may take beyond the deadline, on a machine that does other things as well. */
const slackMs = 1500;

type Fault = (resourceType: string) => Answer | 'hang' | undefined;
let fault: Fault;
let server: FaultServer;
let service: TestService;

beforeAll(async () => {
  server = await startRecordServer((type) => fault(type));
  // Nobody analyses images here: that would read the record too, and has no deadline.
  service = await startTestService(server.url, nowhere, undefined, { DELTASCOPE_DEADLINE_MS: String(deadlineMs) }, 0);
  fault = () => undefined;
  await send(order);
});
beforeEach(() => {
  fault = () => undefined;
  server.requests.length = 0;
});
afterAll(async () => {
  await service.close();
  await server.close();
});

/** A hook call with its body as answered, and how long that took. */
async function send(call: { readonly hook: string; readonly prefetch?: unknown }) {
  const started = performance.now();
  const response = await fetch(`${service.url}/cds-services/deltascope-${call.hook}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(call),
  });
  const text = await response.text();
  return { status: response.status, text, ms: performance.now() - started };
}

/** How often a type of resource was asked for. */
const asked = (type: string) => server.requests.filter(({ url }) => url.startsWith(`/fhir/${type}`)).length;
const hanging =
  (...types: readonly string[]): Fault =>
  (type) =>
    types.length === 0 || types.includes(type) ? 'hang' : undefined;

const order = orderSign('lung1', 'atezolizumab');
const withPatient = { ...order, prefetch: { patient: lung1Patient } };

describe('R5: a hook is answered in time', () => {
  it('R5: one type of resource never comes: it is named, and nothing is concluded from its absence', async () => {
    const before = server.givenUp();
    fault = hanging('Observation');
    const { status, text, ms } = await send(order);
    expect(status).toBe(200);
    expect(ms).toBeLessThan(deadlineMs + slackMs);
    expect(text).toContain('Observation could not be read');
    expect(text).toContain('FHIR_LATE');
    expect(text).toContain('not in what was read of the record');
    expect(text).not.toContain('not in the record');
    expect(text).not.toMatch(/order LDH/i);
    // The requests themselves are given up, not only their answers left unread.
    await vi.waitFor(() => expect(server.givenUp() - before).toBe(asked('Observation')));
  });

  it('R5: a type that comes too late counts as not come', async () => {
    fault = (type) =>
      type === 'Observation' ? { body: searchset('Observation'), delayMs: deadlineMs + 1000 } : undefined;
    const { text, ms } = await send(order);
    expect(text).toContain('FHIR_LATE');
    expect(ms).toBeLessThan(deadlineMs + 1000);
  });

  it('R5: a server that never answers, and the Patient prefetched: a card from what there is', async () => {
    fault = hanging();
    const { status, text, ms } = await send(withPatient);
    expect([status, ms < deadlineMs + slackMs]).toEqual([200, true]);
    expect(text).toContain('FHIR_LATE');
  });

  it.each([order, patientView('lung1')])('P11, P12: $hook without the Patient is 412, and says so', async (call) => {
    fault = hanging();
    const { status, text, ms } = await send(call);
    expect([status, ms < deadlineMs + slackMs]).toEqual([412, true]);
    expect(JSON.parse(text)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'required',
          details: { text: 'HOOK_PREREQUISITE' },
          diagnostics: expect.stringMatching(/Patient .*FHIR_LATE/),
        },
      ],
    });
  });

  it.each([
    [401, 'FHIR_REFUSED'],
    [404, 'FHIR_PATIENT_NOT_FOUND'],
    [500, 'FHIR_UNREACHABLE'],
  ])('P11: a FHIR server that answers %i for the Patient is 412 as well', async (status, code) => {
    fault = (type) => (type === 'Patient' ? { status } : undefined);
    const answer = await send(order);
    expect(answer.status).toBe(412);
    expect(answer.text).toContain(code);
  });

  it('the store is read and written when the time is over, and the servers are not asked', async () => {
    const { engine } = service;
    const status = { state: 'none', code: 'IMAGING_NO_CT', message: 'no CT', selection: [] } as const;
    await engine.store.saveImagingStatus({ ...status, patient: 'Patient/lung1', updatedAt: new Date().toISOString() });
    const signal = AbortSignal.abort(new Error('over'));
    const assessment = await engine.assess('lung1', { prefetch: { patient: lung1Patient }, signal });
    expect(assessment.imaging).toEqual(status);
    expect(new Set(assessment.problems.map(({ code }) => code))).toEqual(new Set(['FHIR_LATE']));
    expect(server.requests).toEqual([]);
  });

  it('who waits for the whole has no deadline', async () => {
    fault = (type) =>
      type === 'Observation' ? { body: searchset('Observation'), delayMs: deadlineMs + 300 } : undefined;
    const assessment = await service.engine.assess('lung1');
    expect([assessment.problems, assessment.unread]).toEqual([[], []]);
  });
});

describe('a busy server', () => {
  it('429 with Retry-After: waited for within the deadline', async () => {
    fault = (type) =>
      type === 'Condition' && asked('Condition') === 1 ? { status: 429, headers: { 'retry-after': '0' } } : undefined;
    const { text } = await send(order);
    expect(asked('Condition')).toBe(2);
    expect(text).not.toContain('could not be read');
  });

  it('503 with a Retry-After beyond the deadline: named as late, and not asked before its time', async () => {
    fault = (type) => (type === 'Condition' ? { status: 503, headers: { 'retry-after': '5' } } : undefined);
    const { status, text, ms } = await send(order);
    expect([status, ms < deadlineMs + slackMs]).toEqual([200, true]);
    expect(text).toContain('Condition could not be read');
    expect(text).toContain('FHIR_LATE');
    expect(asked('Condition')).toBe(1);
  });
});

describe('A5: the token goes to the base and nowhere else', () => {
  let other: FaultServer;
  beforeAll(async () => {
    other = await startFaultServer(() => ({ body: searchset('Observation') }));
  });
  afterAll(() => other.close());

  it.each([
    ['a redirect', (url: string) => ({ status: 302, headers: { location: `${url}/Observation` } }), 'FHIR_UNREACHABLE'],
    [
      'a next page',
      (url: string) => ({ body: searchset('Observation', { link: [{ relation: 'next', url: `${url}/next` }] }) }),
      'FHIR_FOREIGN_LINK',
    ],
  ])('A5: %s to another host does not take it along', async (_title, answer, code) => {
    fault = (type) => (type === 'Observation' ? answer(other.url) : undefined);
    const client = createFhirClient({ baseUrl: server.url, token: 'only-for-the-base' });
    await expect(client.search('Observation', { patient: 'lung1' })).rejects.toMatchObject({ code });
    expect(server.requests).toMatchObject([{ authorization: 'Bearer only-for-the-base' }]);
    expect(other.requests).toEqual([]);
  });
});

describe('A7: nothing is asked for that was prefetched', () => {
  it('A7: a complete prefetch, and no request at all', async () => {
    const { status, text } = await send({ ...order, prefetch: completePrefetch() });
    expect([status, server.requests]).toEqual([200, []]);
    expect(text).toMatch(/LDH/);
  });

  it('P8: of an incomplete prefetch only what is missing', async () => {
    const { conditions: _, ...prefetch } = completePrefetch();
    expect((await send({ ...order, prefetch })).status).toBe(200);
    expect(server.requests.map(({ url }) => url.split('?')[0])).toEqual(['/fhir/Condition']);
  });
});
