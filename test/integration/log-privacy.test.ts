import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { StoreError } from '../../src/errors.ts';
import { createSigningKey, rawToken, signToken } from '../helpers/client-tokens.ts';
import { type Answer, startFaultServer } from '../helpers/fhir-fault-server.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { lung1Bundle } from '../helpers/lung1-record.ts';
import { checkPrivacy, keepLog, privateWordsIn } from '../helpers/private-log.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';
import { discovery, startTrustedService } from '../helpers/trusted-service.ts';

const closers: (() => Promise<unknown>)[] = [];
let fhirUrl: string;
let dicomwebUrl: string;
beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-log-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const fhirServer = await startFhirServer();
  closers.push(fhirServer.close);
  fhirUrl = fhirServer.url;
  await fhirServer.load(lung1Bundle());
  const dicomwebServer = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
  closers.push(dicomwebServer.close);
  dicomwebUrl = dicomwebServer.url;
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const secret = 'a-secret-access-token-0123456789';
const person = { name: 'Grimhilde Musterfrau', note: 'came with haemoptysis' };

/** Every way to call, right and wrong, with a token of the EHR's FHIR server and a comment in it. */
async function callAll(service: TestService): Promise<void> {
  const more = {
    fhirServer: 'https://ehr.example/fhir',
    fhirAuthorization: {
      access_token: secret,
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'patient/*.rs',
      subject: 's',
    },
    prefetch: { patient: { resourceType: 'Patient', id: 'lung1', name: [{ text: person.name }] } },
  };
  for (const body of [patientView('lung1'), orderSelect('lung1', 'atezolizumab'), orderSign('lung1', 'atezolizumab')]) {
    await service.call(body);
    await service.call({ ...body, ...more });
    await service.call({ ...body, prefetch: { patient: { resourceType: 'Patient', id: person.name } } } as never);
  }
  await service.call(orderSign(person.name, 'atezolizumab'));
  await service.call({ hook: `order-sign/${person.name}` });
  for (const [target, body] of [
    ['deltascope-order-sign', `{"context": {"patientId": "${person.name}", `],
    [
      'deltascope-order-sign/feedback',
      JSON.stringify({
        feedback: [{ card: 'c', outcome: 'overridden', overrideReason: { userComment: person.note } }],
      }),
    ],
    [
      'deltascope-order-sign/feedback',
      JSON.stringify({
        feedback: [
          {
            card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
            outcome: 'overridden',
            outcomeTimestamp: '2026-11-02T10:05:31Z',
            overrideReason: { userComment: person.note },
          },
        ],
      }),
    ],
    [encodeURIComponent(person.name), '{}'],
  ] as const) {
    await fetch(`${service.url}/cds-services/${target}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${secret}` },
      body,
    });
  }
  await service.engine
    .requestImaging('lung1')
    .then(({ finished }) => finished)
    .catch(() => undefined);
}

function checkLog(log: string): void {
  expect(log).not.toBe('');
  checkPrivacy(log);
  expect(privateWordsIn(log, [person.name, 'Grimhilde', 'Musterfrau', person.note, 'haemoptysis', secret])).toEqual([]);
}

describe('the log holds no name, no id, no birth date, no identifier and no token', () => {
  it('with a record that can be read', async () => {
    const service = await startTestService(fhirUrl, dicomwebUrl);
    await callAll(service);
    await service.close();
    checkLog(service.log());
  });

  it('with a server that refuses, fails, redirects, or answers something else', async () => {
    const answers: Answer[] = [
      { status: 403, body: { resourceType: 'OperationOutcome', issue: [{ diagnostics: person.name }] } },
      { status: 500, body: `<p>${person.name}, ${person.note}</p>` },
      { body: `${person.name} {` },
      { body: { resourceType: 'Person', name: [{ text: person.name }] } },
      { status: 302, headers: { location: `http://127.0.0.1:9/${secret}` } },
    ];
    let current = answers[0];
    const faulty = await startFaultServer(() => current ?? {});
    const service = await startTestService(faulty.url, faulty.url, undefined, { DELTASCOPE_FHIR_TOKEN: secret });
    for (current of answers) await callAll(service);
    await service.close();
    await faulty.close();
    checkLog(service.log());
  });

  it('with nothing that answers', async () => {
    const service = await startTestService('http://127.0.0.1:9', 'http://127.0.0.1:9');
    await callAll(service);
    await service.close();
    checkLog(service.log());
  });

  it('with tokens, right and wrong', async () => {
    const key = await createSigningKey('ES384', 'k');
    const issuer = 'https://ehr.example/fhir';
    const service = await startTrustedService([{ issuer, name: 'EHR', jwks: { keys: [key.publicJwk] } }]);
    const good = await signToken(key, issuer, `${service.url}${discovery}`);
    const tokens = [good, good, `${good}x`, rawToken({ alg: 'none' }, { iss: issuer, sub: person.name }), secret];
    for (const token of tokens) await service.call(discovery, token);
    await service.close();
    const log = service.log();
    checkLog(log);
    for (const token of tokens)
      for (const part of token.split('.').filter((each) => each.length > 8)) expect(log).not.toContain(part);
  });
});

describe('the second fence', () => {
  it('masks what looks like a token or a patient, and leaves out what others put into an error', () => {
    const { logger, text } = keepLog();
    const foreign = Object.assign(new Error(`duplicate key: ${person.name}`), {
      response: { data: person.name },
      config: { headers: { authorization: secret } },
      detail: person.note,
      code: '23505',
    });
    logger.error({ err: foreign }, 'x');
    logger.error({ err: new StoreError('JOB_FAILED', person.name, 'it failed', { cause: foreign }) }, 'x');
    logger.error({ err: new StoreError('JOB_FAILED', 'x', 'https://ehr.example/Patient/lung1?patient=lung1') }, 'x');
    logger.info(
      { request: { headers: { authorization: secret }, context: { patientId: person.name } } },
      `Bearer ${secret}`,
    );
    logger.info({ access_token: secret, deep: { fhirAuthorization: { access_token: secret } }, patient: person.name });
    checkLog(text());
    expect(text()).toContain('"code":"23505"');
    expect(text()).toContain('it failed');
    expect(text()).toMatch(/at .*log-privacy\.test\.ts/);
  });

  it('a leak would be found', () => {
    const { logger, text } = keepLog();
    logger.info('lung1 was born on 1955-03-01');
    expect(privateWordsIn(text())).toEqual(['lung1', '1955-03-01', 'LUNG1']);
  });
});
