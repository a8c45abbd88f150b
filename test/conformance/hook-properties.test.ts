import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hookAnswerSchema, operationOutcomeSchema } from '../../cds-hooks/answer-schema.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { crdOrderSign, epicOrderSign, sandboxOrderSelect } from '../helpers/hook-dialects.ts';
import { mutated } from '../helpers/hook-mutations.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';

/** Bodies for each shape; `FUZZ_RUNS=2000` for a night. */
const runs = Number(process.env.FUZZ_RUNS ?? 24);
const seed = 20261121;
/** Bodies in flight at a time. */
const atOnce = 6;
/** Longer than this is a hang. */
const longestMs = 10_000;

let service: RecordService;
let prefetch: Record<string, unknown>;
beforeAll(async () => {
  service = await startRecordService();
  prefetch = await prefetchOf(service, assessablePatient);
});
afterAll(() => service.close());

async function check(target: string, body: string): Promise<void> {
  const response = await fetch(`${service.url}/cds-services/${target}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    signal: AbortSignal.timeout(longestMs),
  });
  const text = await response.text();
  const short = `${target} ${response.status} ${text.slice(0, 300)} for ${body.slice(0, 500)}`;
  const failure = service
    .log()
    .split('\n')
    .findLast((line) => line.includes('request failed'));
  expect(response.status, `${short}\n${failure}`).toBeLessThan(500);
  if (response.ok) {
    if (target.endsWith('feedback')) expect(text, short).toBe('');
    else expect(hookAnswerSchema.safeParse(JSON.parse(text)).error, short).toBeUndefined();
  } else {
    expect(operationOutcomeSchema.safeParse(JSON.parse(text)).error, short).toBeUndefined();
  }
}

async function checkAll(target: string, body: fc.Arbitrary<string>): Promise<void> {
  const batches = fc.array(body, { minLength: atOnce, maxLength: atOnce });
  await fc.assert(
    fc.asyncProperty(batches, async (bodies) => {
      await Promise.all(bodies.map((each) => check(target, each)));
    }),
    { seed, numRuns: Math.ceil(runs / atOnce), endOnFailure: true },
  );
  expect({}).not.toHaveProperty('polluted');
}

const shapes: [string, () => { readonly hook: string }][] = [
  ['patient-view', () => patientView(assessablePatient)],
  ['order-select', () => orderSelect(assessablePatient, 'atezolizumab')],
  ['order-sign', () => orderSign(assessablePatient, 'atezolizumab')],
  ['an order of Epic', () => epicOrderSign(assessablePatient)],
  ['an order of the sandbox', () => sandboxOrderSelect(assessablePatient, true)],
  ['an order of the CRD request generator', () => crdOrderSign(assessablePatient)],
];

describe(`mutated calls give 2xx or 4xx with an OperationOutcome (${runs} of each shape)`, () => {
  it.each(shapes)('%s without prefetch', { timeout: 600_000 }, async (_title, call) => {
    await checkAll(`deltascope-${call().hook}`, mutated(call()));
  });

  it('order-sign with the whole record prefetched', { timeout: 600_000 }, async () => {
    const call = { ...orderSign(assessablePatient, 'atezolizumab'), prefetch };
    await checkAll('deltascope-order-sign', mutated(call));
  });

  it('each prefetched key', { timeout: 600_000 }, async () => {
    const call = orderSign(assessablePatient, 'atezolizumab');
    for (const [key, value] of Object.entries(prefetch)) {
      const bodies = mutated(value).map(
        (text) => `${JSON.stringify({ ...call, prefetch }).slice(0, -2)},${JSON.stringify(key)}:${text}}}`,
      );
      await checkAll('deltascope-order-sign', bodies);
    }
  });

  it('feedback', { timeout: 600_000 }, async () => {
    const entry = {
      card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
      outcome: 'overridden',
      outcomeTimestamp: '2026-11-02T10:05:31Z',
      acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }],
      overrideReason: { reason: { system: 'https://x.example', code: 'c', display: 'd' }, userComment: 'comment' },
    };
    await checkAll('deltascope-order-sign/feedback', mutated({ feedback: [entry, { ...entry, outcome: 'accepted' }] }));
  });

  it('text that is no JSON, or no longer', { timeout: 600_000 }, async () => {
    const text = JSON.stringify({ ...orderSign(assessablePatient, 'atezolizumab'), prefetch: {} });
    const cut = fc
      .tuple(fc.nat(text.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 10 }))
      .map(([at, length, inserted]) => `${text.slice(0, at)}${inserted}${text.slice(at + length)}`);
    await checkAll('deltascope-order-sign', fc.oneof(cut, fc.string({ unit: 'binary' })));
  });
});
