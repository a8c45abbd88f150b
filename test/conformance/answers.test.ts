import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hookAnswerSchema, operationOutcomeSchema } from '../../cds-hooks/answer-schema.ts';
import { type ConformanceClient, calls, sign, startConformanceClient } from '../helpers/conformance-client.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { assessablePatient } from '../helpers/record-service.ts';

let client: ConformanceClient;
beforeAll(async () => {
  client = await startConformanceClient();
});
afterAll(() => client.close());

/** Paths of what is null, '', [] or {} in a value. */
function empties(value: unknown, at = ''): string[] {
  if (value === null || value === '') return [at];
  if (typeof value !== 'object') return [];
  const members = Object.entries(value);
  return members.length === 0 ? [at] : members.flatMap(([name, member]) => empties(member, `${at}/${name}`));
}

describe('an answer', () => {
  it.each(calls)('G2, G3: $hook: nothing is null or empty', async (call) => {
    const { json } = await client.callService(call);
    expect(empties(json)).toEqual([]);
  });

  it('G1, G4, G6, R6: is JSON as application/json, not to be stored', async () => {
    for (const answer of [
      await client.callService(sign),
      await client.send('/cds-services/other', {}),
      await client.send('/cds-services/deltascope-order-sign', '{'),
    ]) {
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(JSON.stringify(answer.json)).toBe(answer.text);
    }
  });

  it('R2: nothing to say is 200 and an empty list', async () => {
    const { status, json } = await client.callService(orderSign(assessablePatient, 'ibuprofen'));
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
    const { status, json, text } = await client.send(target, undefined, init);
    expect(status).toBe(expected);
    operationOutcomeSchema.parse(json);
    expect(text).not.toMatch(/\bat .*\.[jt]s/);
  });

  it('K1, K2, K3, K5, K6, K7, K8, K9, K10, L1, L2, S1, S2, S3, S5, U2: every card fits its schema', async () => {
    for (const call of calls) {
      const { cards } = hookAnswerSchema.parse((await client.callService(call)).json);
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
    const { cards } = hookAnswerSchema.parse((await client.callService(sign)).json);
    for (const { detail } of cards) expect(detail).not.toMatch(/<\/?[a-z]/i);
  });
});
