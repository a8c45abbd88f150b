import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverySchema, hookAnswerSchema, operationOutcomeSchema } from '../../cds-hooks/answer-schema.ts';
import { packageRoot } from '../../src/config.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';
import { conformanceTable } from './conformance-table.ts';
import { requirements } from './requirements.ts';

let service: RecordService;
let prefetch: Record<string, unknown>;
beforeAll(async () => {
  service = await startRecordService({ DELTASCOPE_DEADLINE_MS: '20000', DELTASCOPE_REPEAT_ADVICE: 'always' });
  prefetch = await prefetchOf(service, assessablePatient);
});
afterAll(() => service.close());

const sign = orderSign(assessablePatient, 'atezolizumab');
const calls = [patientView(assessablePatient), orderSelect(assessablePatient, 'atezolizumab'), sign];

/** What a client gets: status, headers, body as text and parsed. */
async function send(target: string, body?: unknown, init: RequestInit = {}) {
  const response = await fetch(`${service.url}${target}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
    ...init,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text === '' ? undefined : JSON.parse(text) };
}
const callService = (body: { readonly hook: string }) => send(`/cds-services/deltascope-${body.hook}`, body);

/** Status and code of a call that fails. */
async function failureOf(body: { readonly hook: string }): Promise<[number, string]> {
  const { status, json } = await callService(body);
  return [status, operationOutcomeSchema.parse(json).issue[0]?.details.text ?? ''];
}

/** Paths of what is null, '', [] or {} in a value. */
function empties(value: unknown, at = ''): string[] {
  if (value === null || value === '') return [at];
  if (typeof value !== 'object') return [];
  const members = Object.entries(value);
  return members.length === 0 ? [at] : members.flatMap(([name, member]) => empties(member, `${at}/${name}`));
}

describe('discovery', () => {
  it('D1, D3, D4, D5, D6, D7: lists the services with all that is asked for', async () => {
    const { status, json } = await send('/cds-services');
    expect(status).toBe(200);
    const { services } = discoverySchema.parse(json);
    expect(services).toHaveLength(3);
    for (const { version } of services) expect(version).toBe('2.0.1');
  });

  it('D12: is the same each time, and says so by its ETag', async () => {
    const [first, second] = [await send('/cds-services'), await send('/cds-services')];
    expect(second.text).toBe(first.text);
    const etag = first.headers.get('etag') ?? '';
    expect(second.headers.get('etag')).toBe(etag);
    expect(
      (await send('/cds-services', undefined, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } }))
        .status,
    ).toBe(304);
  });

  it('D13: capabilities are documented in docs/integration.md', () => {
    const guide = readFileSync(path.join(packageRoot(), 'docs/integration.md'), 'utf8');
    for (const { hook } of calls) expect(guide).toContain(`deltascope-${hook}`);
  });

  it('P1, P2, P3, P5, P6, P7: templates are plain reads and searches with tokens of root-level context fields', async () => {
    const { services } = discoverySchema.parse((await send('/cds-services')).json);
    for (const { prefetch } of services) {
      for (const [key, template] of Object.entries(prefetch)) {
        const tokens = [...template.matchAll(/\{\{(.*?)\}\}/g)].map(([, token]) => token);
        expect(tokens, key).toEqual(['context.patientId']);
        const filled = template.replace('{{context.patientId}}', 'x');
        expect(filled, key).toMatch(/^[A-Z][A-Za-z]+(\/x|\?[^?]+)$/);
        const names = [...new URL(filled, 'https://ehr.example/').searchParams.keys()];
        expect(new Set(names).size, key).toBe(names.length);
        // Neither _include, _revinclude, _has nor a chain.
        for (const name of names)
          expect(['patient', 'code', 'category', 'status', 'date', '_count', '_sort']).toContain(name);
      }
    }
  });
});

describe('a call', () => {
  it.each(calls)('C1, R1, H1, H2, H3: $hook answers 200 with cards', async (call) => {
    const { status, json } = await callService(call);
    expect(status).toBe(200);
    expect(hookAnswerSchema.parse(json).cards).toHaveLength(1);
  });

  it.each(calls)('P14, A7: $hook answers from the prefetch as from the server', async (call) => {
    const read = hookAnswerSchema.parse((await callService(call)).json);
    const prefetched = hookAnswerSchema.parse((await callService({ ...call, prefetch } as never)).json);
    expect(prefetched.cards.map(({ summary }) => summary)).toEqual(read.cards.map(({ summary }) => summary));
  });

  it('P8, P9: a key that is absent is read, null and an empty Bundle are known to be absent', async () => {
    const { labs, ...others } = prefetch;
    const summaries: string[] = [];
    for (const given of [
      { ...others },
      { ...others, labs: null },
      { ...others, labs: { resourceType: 'Bundle', type: 'searchset' } },
    ]) {
      const { cards } = hookAnswerSchema.parse((await callService({ ...sign, prefetch: given } as never)).json);
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
      (await callService({ ...sign, prefetch: { ...prefetch, labs } } as never)).json,
    );
    expect(JSON.stringify(cards)).toMatch(/FHIR_|could not be read|labs/);
  });

  it('P15, C5: keys and fields that nobody asked for are ignored', async () => {
    const more = { ...sign, prefetch: { ...prefetch, other: { x: [null] } }, extension: { 'a.b': {} }, anything: [1] };
    expect((await callService(more as never)).status).toBe(200);
  });

  it('P11, P12, R3: a Patient that is not to be had is 412, with its name', async () => {
    const { status, json } = await callService(orderSign('unknown', 'atezolizumab'));
    expect(status).toBe(412);
    expect(operationOutcomeSchema.parse(json).issue[0]?.diagnostics).toContain('Patient');
  });

  it.each(['hook', 'hookInstance', 'context'])('C2: without %s it is refused', async (field) => {
    const { hook, ...rest } = { ...sign, [field]: undefined };
    const { status } = await send('/cds-services/deltascope-order-sign', { ...rest, ...(hook && { hook }) });
    expect(status).toBe(400);
  });

  it('C3: another hook than the one of the service is refused', async () => {
    const { status, json } = await send('/cds-services/deltascope-order-sign', calls[0]);
    expect([status, json.issue[0].details.text]).toEqual([400, 'HOOK_MISMATCH']);
  });

  it('C4: fhirAuthorization without fhirServer is not used', async () => {
    const fhirAuthorization = { access_token: 't', token_type: 'Bearer', expires_in: 1, scope: 's', subject: 'c' };
    expect((await callService({ ...sign, fhirAuthorization } as never)).status).toBe(200);
  });

  it('C6: hookInstance may come again, in upper case and as version 1', async () => {
    const hookInstance = 'F0C1D2E4-9D6B-11EE-8C90-0242AC120002';
    for (let time = 0; time < 2; time++)
      expect((await callService({ ...sign, hookInstance } as never)).status).toBe(200);
  });

  it('C7: a Patient in the prefetch that is another one is refused', async () => {
    const other = { patient: { resourceType: 'Patient', id: 'other' } };
    expect(await failureOf({ ...sign, prefetch: other } as never)).toEqual([400, 'FHIR_SUBJECT_MISMATCH']);
  });

  const contextFields = calls.flatMap(({ hook, context }) =>
    Object.keys(context).map((field) => [hook, field] as const),
  );
  it.each(contextFields)('H1, H2, H3: %s without context.%s is refused', async (hook, field) => {
    const call = calls.find((each) => each.hook === hook) ?? sign;
    const body = { ...call, context: { ...call.context, [field]: undefined } };
    expect(await failureOf(body)).toEqual([400, 'HOOK_BODY_INVALID']);
  });

  it('H7: a selection that is no reference Type/id selects nothing', async () => {
    const { status, json } = await callService(orderSelect(assessablePatient, 'atezolizumab', 'not a reference'));
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
      expect((await callService(body as never)).status).toBe(200);
    }
  });
});

describe('an answer', () => {
  it.each(calls)('G2, G3: $hook: nothing is null or empty', async (call) => {
    const { json } = await callService(call);
    expect(empties(json)).toEqual([]);
  });

  it('G1, G4, G6, R6: is JSON as application/json, not to be stored', async () => {
    for (const answer of [
      await callService(sign),
      await send('/cds-services/other', {}),
      await send('/cds-services/deltascope-order-sign', '{'),
    ]) {
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(JSON.stringify(answer.json)).toBe(answer.text);
    }
  });

  it('R2: nothing to say is 200 and an empty list', async () => {
    const { status, json } = await callService(orderSign(assessablePatient, 'ibuprofen'));
    expect([status, json]).toEqual([200, { cards: [] }]);
  });

  it.each([
    [
      'malformed JSON',
      '/cds-services/deltascope-order-sign',
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' },
      400,
    ],
    [
      'another type',
      '/cds-services/deltascope-order-sign',
      { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'x' },
      415,
    ],
    ['another method', '/cds-services/deltascope-order-sign', { method: 'PUT' }, 405],
    ['an unknown service', '/cds-services/unknown', { method: 'POST' }, 404],
    ['an unknown path', '/nothing', {}, 404],
  ])('R3, R4: %s gets an OperationOutcome', async (_title, target, init, expected) => {
    const { status, json, text } = await send(target, undefined, init);
    expect(status).toBe(expected);
    operationOutcomeSchema.parse(json);
    expect(text).not.toMatch(/\bat .*\.[jt]s/);
  });

  it('K1, K2, K3, K5, K6, K7, K8, K9, K10, L1, L2, S1, S2, S3, S5, U2: every card fits its schema', async () => {
    for (const call of calls) {
      const { cards } = hookAnswerSchema.parse((await callService(call)).json);
      expect(cards.length).toBeGreaterThan(0);
      for (const card of cards) {
        expect(card.overrideReasons?.length).toBeGreaterThan(0);
        for (const suggestion of card.suggestions ?? []) {
          expect(suggestion).not.toHaveProperty('isRecommended');
          for (const action of suggestion.actions) expect(action).not.toHaveProperty('actionSelectionBehavior');
        }
      }
    }
  });

  it('K4: the detail holds no HTML', async () => {
    const { cards } = hookAnswerSchema.parse((await callService(sign)).json);
    for (const { detail } of cards) expect(detail).not.toMatch(/<\/?[a-z]/i);
  });
});

describe('feedback', () => {
  const report = (body: unknown) => send('/cds-services/deltascope-order-sign/feedback', body);
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
      prefetch: { ...prefetch, note: { resourceType: 'Basic', text: { status: 'generated', div: note } } },
    };
    expect((await callService(body as never)).status).toBe(200);
    const stored: string[] = [];
    for await (const { text } of service.engine.store.audit.read(new Date(0), new Date('2100-01-01')))
      stored.push(text);
    stored.push(
      JSON.stringify(await service.engine.store.assessmentsOf(`Patient/${assessablePatient}`, 50)),
      service.log(),
    );
    for (const secret of [token, note]) expect(stored.join('\n')).not.toContain(secret);
  });
});

describe('the checklist', () => {
  const titles = titlesByNumber();

  it.each(requirements.filter(({ level }) => level === 'must' || level === 'should'))(
    '$number ($level) is covered: $text',
    ({ number, note }) => {
      expect(titles.has(number) || note !== undefined, `no test names ${number}`).toBe(true);
    },
  );

  it('docs/cds-hooks-conformance.md is this table (vitest -u writes it)', async () => {
    const file = path.join(packageRoot(), 'docs/cds-hooks-conformance.md');
    await expect(conformanceTable(requirements, titles)).toMatchFileSnapshot(file);
  });

  it('no test names a number that is not on the list', () => {
    const known = new Set(requirements.map(({ number }) => number));
    expect([...titles.keys()].filter((number) => !known.has(number))).toEqual([]);
  });
});

/** Titles of all tests of the repository that begin with requirement numbers, by number: `J5: refuses none`. */
function titlesByNumber(): Map<string, string[]> {
  const folder = path.join(packageRoot(), 'test');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  const found = new Map<string, string[]>();
  for (const file of files.sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, numbers = ''] of text.matchAll(/['"`]((?:[GDPCHARKSLYFJOU]\d{1,2}(?:, )?)+): /g)) {
      for (const number of numbers.split(', ')) {
        const known = found.get(number) ?? [];
        if (!known.includes(file)) found.set(number, [...known, file]);
      }
    }
  }
  return found;
}
