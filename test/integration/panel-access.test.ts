import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSessionStore, sessionCookie, type ViewerSession } from '../../src/http/sessions.ts';
import { type KeyServer, sendJson, startKeyServer } from '../helpers/key-server.ts';
import { type PanelService, startPanelService } from '../helpers/panel-service.ts';

const audience = 'deltascope-viewer';
const keys = await generateKeyPair('RS256');
const otherKeys = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256' };

let provider: KeyServer;
let service: PanelService;

beforeAll(async () => {
  provider = await startKeyServer({
    '/.well-known/openid-configuration': sendJson(() => ({ issuer: provider.url, jwks_uri: `${provider.url}/jwks` })),
    '/jwks': sendJson(() => ({ keys: [jwk] })),
  });
  service = await startPanelService([], ['synthetic-elm', 'synthetic-aster'], {
    DELTASCOPE_VIEWER_ISSUER: provider.url,
    DELTASCOPE_VIEWER_AUDIENCE: audience,
    DELTASCOPE_VIEWER_URL: 'https://viewer.example',
  });
  // As an image analysis leaves it behind: the study is one of this patient.
  for (const [patient, StudyInstanceUID] of [
    ['synthetic-elm', '1.2.3'],
    ['synthetic-aster', '1.2.4'],
  ] as const) {
    await service.engine.store.saveImagingStatus({
      patient: `Patient/${patient}`,
      state: 'none',
      code: 'IMAGING_NO_SEG',
      message: 'made up',
      selection: [{ StudyInstanceUID, studyDate: '2026-01-02', StudyDescription: null, code: null, series: [] }],
      updatedAt: new Date().toISOString(),
    });
  }
}, 120_000);
afterAll(async () => {
  await service?.close();
  await provider?.close();
});

interface Claims {
  readonly iss?: string;
  readonly aud?: string;
  readonly sub?: string;
  readonly exp?: string | number;
  readonly patient?: string;
}

const token = ({ iss = provider.url, aud = audience, sub = 'dr-who', exp = '5m', patient }: Claims = {}, key = keys) =>
  new SignJWT(patient === undefined ? {} : { patient })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(iss)
    .setAudience(aud)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(exp)
    .sign(key.privateKey);
const bearer = (value: string) => ({ Authorization: `Bearer ${value}` });
const elm = '/api/patients/synthetic-elm/analysis';
const refusal = async (response: Response) => {
  const { issue } = (await response.json()) as { issue: { details: { text: string } }[] };
  return [response.status, issue[0]?.details.text];
};

describe('a token of the identity provider', () => {
  it('opens the panel, and its user is in the audit trail', async () => {
    const response = await service.get('/api/panel?StudyInstanceUIDs=1.2.3', bearer(await token()));
    expect(response.status).toBe(200);
    const agents: unknown[] = [];
    await service.engine.store.audit.settled();
    for await (const { text } of service.engine.store.audit.read(new Date(0), new Date(Date.now() + 1000))) {
      const { event, agent } = JSON.parse(text) as { event: string; agent: { kind: string } };
      if (event === 'assessment') agents.push(agent);
    }
    expect(agents).toContainEqual({ kind: 'viewer', issuer: provider.url, tenant: null, user: 'dr-who' });
  });

  it.each<[string, () => Promise<Record<string, string>>]>([
    ['none', async () => ({})],
    ['that is none', async () => bearer('abc.def.ghi')],
    ['of another issuer', async () => bearer(await token({ iss: 'https://elsewhere.example' }))],
    ['for another audience', async () => bearer(await token({ aud: 'somebody-else' }))],
    ['that has expired', async () => bearer(await token({ exp: Math.floor(Date.now() / 1000) - 120 }))],
    ['of another key', async () => bearer(await token({}, otherKeys))],
    [
      'without a signature',
      async () => bearer(`${btoa('{"alg":"none"}').replace(/=+$/, '')}.${(await token()).split('.')[1]}.`),
    ],
    [
      'signed with a shared secret',
      async () =>
        bearer(
          await new SignJWT({})
            .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
            .setIssuer(provider.url)
            .setAudience(audience)
            .setSubject('x')
            .setExpirationTime('5m')
            .sign(new TextEncoder().encode(JSON.stringify(jwk))),
        ),
    ],
    ['as a cookie that nobody gave', async () => ({ Cookie: 'deltascope=AAAA' })],
  ])('%s: 401', async (_, headers) => {
    const response = await service.get(elm, await headers());
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refusal(response)).toEqual([401, 'HTTP_UNAUTHORIZED']);
  });

  it('that names a patient is bound to that one', async () => {
    const headers = bearer(await token({ patient: 'synthetic-elm' }));
    expect((await service.get(elm, headers)).status).toBe(200);
    expect(await refusal(await service.get('/api/patients/synthetic-aster/analysis', headers))).toEqual([
      403,
      'VIEWER_FORBIDDEN',
    ]);
  });
});

describe('a session', () => {
  const soon = () => new Date(Date.now() + 60_000).toISOString();
  const begin = async (changes: Partial<ViewerSession> = {}) => {
    const session = {
      patient: 'synthetic-elm',
      user: 'Practitioner/9',
      issuer: 'https://ehr.example',
      studies: null,
      expires: soon(),
    };
    return `deltascope=${await createSessionStore(service.engine.store).begin({ ...session, ...changes })}`;
  };

  it('shows its patient and no other, by id, study or assessment', async () => {
    const Cookie = await begin();
    const own = await service.get('/api/panel?StudyInstanceUIDs=1.2.3', { Cookie });
    expect(own.status).toBe(200);
    const { assessment } = (await own.json()) as { assessment: { id: string } };
    expect((await service.get(`/api/assessments/${assessment.id}`, { Cookie })).status).toBe(200);
    const other = { Cookie: await begin({ patient: 'synthetic-aster' }) };
    for (const path of [
      elm,
      '/api/panel?StudyInstanceUIDs=1.2.3',
      `/api/assessments/${assessment.id}`,
      `${elm}/events`,
    ]) {
      expect(await refusal(await service.get(path, other))).toEqual([403, 'VIEWER_FORBIDDEN']);
    }
  });

  it('of one study shows no other one', async () => {
    const Cookie = await begin({ studies: ['1.2.9'] });
    expect(await refusal(await service.get('/api/panel?StudyInstanceUIDs=1.2.3', { Cookie }))).toEqual([
      403,
      'VIEWER_FORBIDDEN',
    ]);
  });

  it('ends when it has expired or is ended', async () => {
    const gone = await begin({ expires: new Date(Date.now() - 1000).toISOString() });
    expect((await service.get(elm, { Cookie: gone })).status).toBe(401);
    const Cookie = await begin();
    await createSessionStore(service.engine.store).end(Cookie.slice('deltascope='.length));
    expect((await service.get(elm, { Cookie })).status).toBe(401);
  });

  it.each([
    ['from our own page', { 'Sec-Fetch-Site': 'same-origin' }, 202],
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['from another host of the same site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['of an old browser on another page', { Origin: 'https://evil.example' }, 403],
    ['without either header', {}, 403],
  ])('writes %s: %s %i', async (_, headers, status) => {
    const Cookie = await begin();
    expect((await service.post(elm, {}, { Cookie, ...headers })).status).toBe(status);
  });

  it('needs JSON, which no form of another page can send', async () => {
    const response = await fetch(`${service.url}${elm}`, {
      method: 'POST',
      headers: { Cookie: await begin(), 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'text/plain' },
      body: '{}',
    });
    expect(await refusal(response)).toEqual([415, 'HTTP_MEDIA_TYPE']);
  });

  it('is kept without its cookie', async () => {
    const Cookie = await begin();
    const value = Cookie.slice('deltascope='.length);
    expect(value).toMatch(/^[\w-]{43}$/);
    expect(await service.engine.store.sessionOf(value)).toBeUndefined();
  });

  it('has a cookie that scripts do not see and HTTPS keeps to this host', () => {
    const expires = '2026-11-21T12:00:00.000Z';
    expect(sessionCookie('abc', { expires }, true)).toBe(
      '__Host-deltascope=abc; Path=/; Expires=Sat, 21 Nov 2026 12:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    );
    expect(sessionCookie('abc', { expires }, false)).not.toMatch(/Secure|__Host/);
  });
});

describe('pages of other origins', () => {
  const preflight = (Origin: string) =>
    fetch(`${service.url}/api/panel`, {
      method: 'OPTIONS',
      headers: { Origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'authorization' },
    });

  it('may ask if they are the configured viewer, without cookies', async () => {
    const { headers } = await preflight('https://viewer.example');
    expect(headers.get('access-control-allow-origin')).toBe('https://viewer.example');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may not otherwise', async () => {
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});
