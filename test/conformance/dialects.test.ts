import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey, signToken } from '../helpers/client-tokens.ts';
import { crdOrderSign, epicOrderSign, oraclePatientView, sandboxOrderSelect } from '../helpers/hook-dialects.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';
import { orderSignService, silentCall, startTrustedService } from '../helpers/trusted-service.ts';

let service: RecordService;
beforeAll(async () => {
  // The answers are looked at here, not their time.
  service = await startRecordService({ DELTASCOPE_DEADLINE_MS: '20000' });
});
afterAll(() => service.close());

async function summaries(body: { readonly hook: string }): Promise<string[]> {
  const { status, cards } = await service.call(body);
  expect(status).toBe(200);
  return cards.map(({ summary }) => summary);
}

const risk = expect.stringMatching(/hazard of progression/);

describe('Epic', () => {
  it('H3, P10, P15, C6: order-sign with absolute references, a Medication of its own and one order twice', async () => {
    expect(await summaries(epicOrderSign(assessablePatient))).toEqual([risk]);
  });

  it('P9, P10: what was prefetched without a hit is not asked for again, and not named as missing', async () => {
    const call = epicOrderSign(assessablePatient);
    const prefetch = { ...(await prefetchOf(service, assessablePatient)), ...call.prefetch };
    const { cards } = await service.call({ ...call, prefetch } as never);
    expect(cards[0]?.detail).not.toMatch(/BodyStructure/);
  });

  it('K6: no selectionBehavior but any, and one action in each suggestion', async () => {
    const { cards } = await service.call(epicOrderSign(assessablePatient));
    for (const { selectionBehavior = 'any', suggestions = [] } of cards) {
      expect(selectionBehavior).toBe('any');
      for (const { actions } of suggestions) expect(actions).toHaveLength(1);
    }
  });
});

describe('CDS Hooks sandbox', () => {
  it('R2, H2: order-select without a medication yet: no card', async () => {
    expect(await summaries(sandboxOrderSelect(assessablePatient, false))).toEqual([]);
  });

  it('H2, P15: order-select without Bundle.type, with the medication', async () => {
    expect(await summaries(sandboxOrderSelect(assessablePatient, true))).toEqual([risk]);
  });
});

describe('Da Vinci CRD request generator', () => {
  it('A6, C5, C6: an empty access token, a constant hookInstance and prefetch keys of its own', async () => {
    const call = crdOrderSign(assessablePatient);
    expect(await summaries(call)).toEqual([risk]);
    expect((await service.call(call)).status).toBe(200);
  });

  it('J5, J8: RS256 for a day, when it is registered so', async () => {
    const key = await createSigningKey('RS256', 'crd');
    const issuer = 'http://localhost:3000';
    const jku = 'http://localhost:3000/public_keys';
    const client = { issuer, name: 'CRD', jwks: { keys: [key.publicJwk] }, jku, algorithms: ['RS256'] };
    for (const [maximumTokenLifetimeSeconds, status] of [
      [86_400, 200],
      [3600, 401],
    ] as const) {
      const trusted = await startTrustedService([{ ...client, maximumTokenLifetimeSeconds }]);
      const now = Math.floor(Date.now() / 1000);
      const aud = `${trusted.url}${orderSignService}`;
      const token = await signToken(key, issuer, aud, { claims: { iat: now, exp: now + 86_400 }, header: { jku } });
      expect((await trusted.call(orderSignService, token, { body: silentCall })).status).toBe(status);
      await trusted.close();
    }
  });
});

describe('Oracle Health', () => {
  it('H1: patient-view is useful alone', async () => {
    expect(await summaries(oraclePatientView(assessablePatient))).toEqual([risk]);
  });
});
