import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { discoverySchema, hookAnswerSchema } from '../../cds-hooks/answer-schema.ts';
import { describeEndpoints } from '../../cds-hooks/openapi.ts';
import { describeServices, serviceIds } from '../../cds-hooks/services.ts';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { packageRoot, readConfig } from '../../src/config.ts';
import { errorTable } from '../../src/errors.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { programsAvailable, programsSkipReason } from '../helpers/programs.ts';
import { assessablePatient, startRecordService } from '../helpers/record-service.ts';

const issuer = 'https://ehr.example.org/fhir';
const run = promisify(execFile);
const guide = readFileSync(path.join(packageRoot(), 'docs/integration.md'), 'utf8');
const blocks = [...guide.matchAll(/```(sh|json)\n([\s\S]*?)```/g)].map(([, kind, text = '']) => ({ kind, text }));
const scripts = blocks.filter(({ kind }) => kind === 'sh').map(({ text }) => text);
const [templates, sample] = blocks.filter(({ kind }) => kind === 'json').map(({ text }) => JSON.parse(text));
const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-guide-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the integration guide', () => {
  it('gives the prefetch templates verbatim', () => {
    const services = describeServices(loadClinicalContent(readConfig({}).mappingsFolder).mappings);
    for (const { prefetch } of services) expect(templates).toEqual(prefetch);
  });

  it('shows a card as it is sent', () => {
    expect(hookAnswerSchema.safeParse(sample).error).toBeUndefined();
  });

  it('names every service and endpoint', () => {
    for (const id of Object.values(serviceIds)) expect(guide).toContain(`/cds-services/${id}`);
    for (const endpoint of ['GET /cds-services', 'GET /openapi.json', '/feedback']) expect(guide).toContain(endpoint);
  });

  it('explains every failure that a caller can get, with its status', () => {
    const rows = [...guide.matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(([, code = '', status]) => [
      code,
      Number(status),
    ]);
    for (const [code, status] of rows) expect(errorTable, `${code}`).toHaveProperty([`${code}`, 'status'], status);
    const explained = rows.map(([code]) => code);
    const { paths } = describeEndpoints('0') as { paths: Record<string, unknown> };
    // An EHR calls no other ones.
    const called = Object.entries(paths).filter(([path]) => !path.startsWith('/api/'));
    const described = [...JSON.stringify(called).matchAll(/\b(?:HOOK|HTTP|FHIR|STORE|AUDIT)_[A-Z_]+\b|\bINTERNAL\b/g)];
    const ofHttp = Object.keys(errorTable).filter(
      (code) => /^(HOOK|HTTP)_/.test(code) && code !== 'HTTP_NOT_ACCEPTABLE',
    );
    expect(
      [...new Set([...described.map(([code]) => code), ...ofHttp])].filter((code) => !explained.includes(code)),
    ).toEqual([]);
  });

  it.skipIf(!programsAvailable('openssl', 'curl'))(
    `registers a client, calls all three services with signed tokens, and its feedback arrives (${programsSkipReason('openssl', 'curl')})`,
    {
      timeout: 120_000,
    },
    async () => {
      const [register = '', calls = '', feedback = ''] = scripts;
      const bash = (script: string, environment: Readonly<Record<string, string>> = {}) =>
        run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: { ...process.env, ...environment } });
      await bash(register);
      const service = await startRecordService({
        DELTASCOPE_CLIENTS_FILE: path.join(folder, 'clients.json'),
        DELTASCOPE_DEADLINE_MS: '20000',
      });
      try {
        await bash(`${calls}\n${feedback}`, { BASE: service.url, PATIENT: assessablePatient });
        const read = (name: string) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
        expect(discoverySchema.parse(read('discovery')).services).toHaveLength(3);
        for (const name of ['patient-view', 'order-select'])
          expect(hookAnswerSchema.parse(read(name)).cards).toHaveLength(1);
        // The same advice was given a moment before.
        expect(hookAnswerSchema.parse(read('order-sign')).cards).toEqual([]);
        const outcomes = await service.engine.store.cardOutcomes({});
        expect(outcomes.map(({ outcome, reason }) => [outcome, reason?.code])).toEqual([
          ['accepted', undefined],
          ['overridden', 'will-review'],
        ]);
        const events: string[] = [];
        for await (const { text } of service.engine.store.audit.read(new Date(0), new Date('2100-01-01'))) {
          const { event, agent, patient } = JSON.parse(text) as AuditEntry;
          if (agent.kind === 'client') events.push(event);
          if (event === 'hook') expect(agent).toEqual({ kind: 'client', issuer, tenant: null, user: 'Practitioner/1' });
          if (event !== 'feedback') expect(patient).toBe(`Patient/${assessablePatient}`);
        }
        // The last two calls were feedback; each hook call before them read the record once.
        expect(events).toEqual([...Array(3).fill(['read', 'assessment', 'hook']).flat(), 'feedback', 'feedback']);
        await expect(service.engine.store.audit.verify()).resolves.toMatchObject({ intact: true });
      } finally {
        await service.close();
      }
    },
  );
});
