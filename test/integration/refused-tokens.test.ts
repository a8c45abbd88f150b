import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRefusalRecord } from '../../cds-hooks/trust/refused-tokens.ts';
import type { Audit, AuditEvent } from '../../src/audit/audit.ts';
import { createLogger } from '../../src/log.ts';
import { createSigningKey, rawToken, type SigningKey, signToken } from '../helpers/client-tokens.ts';
import { discovery, orderSignService, startTrustedService, type TrustedService } from '../helpers/trusted-service.ts';

const issuer = 'https://ehr.example/fhir';
let service: TrustedService;
let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey('ES384', 'key');
  service = await startTrustedService([{ issuer, name: 'EHR', jwks: { keys: [key.publicJwk] } }]);
});
afterAll(() => service.close());

describe('refused tokens in the audit trail', () => {
  it('J10, J11: leave an entry with reason, endpoint and address, and nothing of the token', async () => {
    const now = Math.floor(Date.now() / 1000);
    const jti = 'an-identifier-that-only-the-token-holds';
    const good = await signToken(key, issuer, `${service.url}${discovery}`, { claims: { jti } });
    await service.call(discovery, good);
    await service.call(discovery, good);
    await service.call(discovery, null);
    await service.call(
      orderSignService,
      await signToken(key, issuer, `${service.url}${discovery}`, { claims: { jti } }),
    );
    await service.call(
      discovery,
      await signToken(key, issuer, `${service.url}${discovery}`, { claims: { jti, exp: now - 600, iat: now - 900 } }),
    );
    const stranger = 'https://stranger.example/Grimhilde-Musterfrau';
    await service.call(discovery, await signToken(key, stranger, `${service.url}${discovery}`, { claims: { jti } }));
    await service.call(discovery, rawToken({ alg: 'none', typ: 'JWT', kid: 'x' }, { iss: issuer }));
    const entries = (await service.auditEntries()).filter(({ event }) => event === 'refusal');
    expect(
      entries.map(({ agent, outcome, details }) => [agent.issuer, outcome, details.reason, details.endpoint]),
    ).toEqual([
      [issuer, 'HTTP_UNAUTHORIZED', 'TOKEN_REPLAYED', discovery],
      [null, 'HTTP_UNAUTHORIZED', 'TOKEN_MISSING', discovery],
      [issuer, 'HTTP_UNAUTHORIZED', 'AUDIENCE_WRONG', orderSignService],
      [issuer, 'HTTP_UNAUTHORIZED', 'TOKEN_EXPIRED', discovery],
      [null, 'HTTP_UNAUTHORIZED', 'ISSUER_UNKNOWN', discovery],
      [null, 'HTTP_UNAUTHORIZED', 'TOKEN_MALFORMED', discovery],
    ]);
    for (const { patient, agent, details } of entries) {
      expect([patient, agent.tenant, agent.user]).toEqual([null, null, null]);
      expect(details.address).toMatch(/127\.0\.0\.1/);
    }
    const text = JSON.stringify(entries);
    for (const secret of [jti, stranger, 'Musterfrau', ...good.split('.')]) expect(text).not.toContain(secret);
  });

  it('whoever sends many can not fill it: twenty a minute, then their number by powers of ten', () => {
    let time = Date.parse('2026-11-21T10:00:00Z');
    const recorded: AuditEvent[] = [];
    const audit: Audit = { record: async (...events) => void recorded.push(...events) };
    const record = createRefusalRecord(audit, createLogger('silent'), () => time);
    const refusal = {
      reason: 'SIGNATURE_WRONG',
      registeredIssuer: null,
      endpoint: discovery,
      address: '192.0.2.7',
    } as const;
    for (let at = 0; at < 12_345; at++) record(refusal);
    const numbers = recorded.map(({ details }) => Number(details?.inThisMinute));
    expect(numbers).toEqual([...Array.from({ length: 20 }, (_, at) => at + 1), 100, 1000, 10_000]);
    time += 60_000;
    record(refusal);
    expect(recorded.at(-1)?.details?.inThisMinute).toBe('1');
  });

  it('a trail that can not be written is in the log, and refuses no less', async () => {
    const lines: string[] = [];
    const failing: Audit = { record: () => Promise.reject(new Error('no database')) };
    const record = createRefusalRecord(failing, createLogger('info', { write: (line) => void lines.push(line) }));
    record({ reason: 'TOKEN_MISSING', registeredIssuer: null, endpoint: discovery, address: '192.0.2.7' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.join('')).toContain('refused tokens are not in the audit trail');
  });
});
