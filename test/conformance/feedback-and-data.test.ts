import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConformanceClient, sign, startConformanceClient } from '../helpers/conformance-client.ts';
import { assessablePatient } from '../helpers/record-service.ts';

let client: ConformanceClient;
beforeAll(async () => {
  client = await startConformanceClient();
});
afterAll(() => client.close());

describe('feedback', () => {
  const report = (body: unknown) => client.send('/cds-services/deltascope-order-sign/feedback', body);
  const entry = (change: object = {}) => ({
    card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
    outcome: 'overridden',
    outcomeTimestamp: '2026-11-02T10:05:31Z',
    ...change,
  });

  it.each(['card', 'outcome', 'outcomeTimestamp'])('F2: without %s it is refused', async (field) => {
    expect((await report({ feedback: [entry({ [field]: undefined })] })).status).toBe(400);
  });

  it('F1, F3, F4, F5, F7, F8: takes batches, suggestions, reasons and repeats: 200 without a body', async () => {
    const feedback = [
      entry(),
      entry({ outcome: 'accepted', acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }] }),
      entry({ overrideReason: { reason: { system: 'https://x.example', code: 'c' }, userComment: 'seen' } }),
      entry({ overrideReasons: { extension: { 'com.epic.cdshooks': {} }, userComment: 'seen' } }),
    ];
    for (let time = 0; time < 2; time++) {
      const { status, text } = await report({ feedback });
      expect([status, text]).toEqual([200, '']);
    }
  });
});

describe('data of a call', () => {
  it('A3, U3: neither the token nor the prefetch is in the database or the log', async () => {
    const token = 'opaque-token-9f8e7d';
    const note = 'a note that only the prefetch holds';
    const body = {
      ...sign,
      fhirServer: 'https://ehr.example/fhir',
      fhirAuthorization: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'patient/*.rs',
        subject: 'c',
      },
      prefetch: { ...client.prefetch, note: { resourceType: 'Basic', text: { status: 'generated', div: note } } },
    };
    expect((await client.callService(body)).status).toBe(200);
    const stored: string[] = [];
    for await (const { text } of client.service.engine.store.audit.read(new Date(0), new Date('2100-01-01')))
      stored.push(text);
    stored.push(
      JSON.stringify(await client.service.engine.store.assessmentsOf(`Patient/${assessablePatient}`, 50)),
      client.service.log(),
    );
    for (const secret of [token, note]) expect(stored.join('\n')).not.toContain(secret);
  });
});
