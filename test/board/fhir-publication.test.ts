import { OperationOutcomeError, validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { publishedModels } from '../../src/assessment/publish/predictions.ts';
import type { PublishableResult, PublishServices } from '../../src/assessment/publish-results.ts';
import { planPublication, publishResult } from '../../src/assessment/publish-results.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { errorTable } from '../../src/errors.ts';
import { fixedToken } from '../../src/fhir/auth/access.ts';
import { parseScopes } from '../../src/fhir/auth/scopes.ts';
import { createFhirClient, type FhirSource } from '../../src/fhir/client.ts';
import { createFhirWriter } from '../../src/fhir/write-back/fhir-writer.ts';
import { writtenTypes } from '../../src/fhir/write-back/result-bundle.ts';
import type { Publication, PublicationStore } from '../../src/store/publications.ts';
import { fakeClient } from '../helpers/fake-archive.ts';
import { startFaultServer } from '../helpers/fhir-fault-server.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { assessCase, madeUpPdf, type PublishedPatient, publishedPatient, publishServices } from './published-case.ts';

let patient: PublishedPatient;
let otherImages: PublishedPatient;
beforeAll(async () => {
  patient = await publishedPatient('synthetic-aster');
  otherImages = await publishedPatient('synthetic-aster', 0.2);
});

describe('results in the record', { timeout: 120_000 }, () => {
  let fhir: FhirServer;
  let proxy: FaultProxy;
  let source: FhirSource;
  let store: PublicationStore;
  let services: PublishServices;
  let result: PublishableResult;

  beforeEach(async () => {
    fhir = await startFhirServer();
    await fhir.load(patient.bundle);
    proxy = await startFaultProxy(fhir.url);
    source = createFhirClient({ baseUrl: fhir.url });
    store = publicationsInMemory();
    const options = { fhirUrl: fhir.url, dicomwebUrl: fhir.url, store, dicomweb: fakeClient([]) };
    services = { ...publishServices(options), writer: createFhirWriter({ baseUrl: proxy.url }) };
    result = await assessCase(source, patient);
    return async () => {
      await proxy.close();
      await fhir.close();
    };
  });

  /** What Deltascope has written, by type. */
  async function written(): Promise<Record<string, fhir4.FhirResource[]>> {
    const found: Record<string, fhir4.FhirResource[]> = {};
    for (const type of writtenTypes) {
      const all = (await source.search(type, { _count: 500 })) as unknown as fhir4.FhirResource[];
      found[type] = all.filter(({ meta }) => meta?.security?.some(({ code }) => code === 'AIAST') === true);
    }
    return found;
  }

  async function counts(): Promise<Record<string, number>> {
    return Object.fromEntries(Object.entries(await written()).map(([type, all]) => [type, all.length]));
  }

  const once = { Device: 4, Observation: 6, RiskAssessment: 2, DiagnosticReport: 1, Provenance: 1 };

  test('a plan writes nothing, and every resource of it is valid R4', async () => {
    const { fhir: bundle } = await planPublication(services, result, ['fhir']);
    expect(proxy.requests).toEqual([]);
    const problems = (bundle?.entry ?? []).flatMap(({ resource }) => {
      try {
        return validateResource(resource as Resource).map(
          ({ details }) => `${resource?.resourceType}: ${details?.text}`,
        );
      } catch (error) {
        const issues = error instanceof OperationOutcomeError ? error.outcome.issue : [];
        return issues.map(({ details, expression }) => `${resource?.resourceType} ${expression}: ${details?.text}`);
      }
    });
    // Entries refer to each other by urn:uuid until the server has stored them; where a prediction has no probability, this
    // validator misses one that is at most 100.
    const known = /urn:uuid|ras-2 not met/;
    expect(problems.filter((problem) => !known.test(problem))).toEqual([]);
    expect(problems.filter((problem) => problem.includes('ras-2'))).toHaveLength(1);
    expect(bundle?.type).toBe('transaction');
    for (const { request } of bundle?.entry ?? []) expect(request).toMatchObject({ method: 'POST' });
  });

  test('a transaction that is posted twice makes no duplicate', async () => {
    const { fhir: bundle } = await planPublication(services, result, ['fhir']);
    const first = await services.writer.transact(bundle as fhir4.Bundle);
    expect(await counts()).toEqual(once);
    const second = await services.writer.transact(bundle as fhir4.Bundle);
    expect(first.every(({ created }) => created)).toBe(true);
    expect(second.some(({ created }) => created)).toBe(false);
    expect(second.map(({ reference }) => reference)).toEqual(first.map(({ reference }) => reference));
    expect(await counts()).toEqual(once);
  });

  test('values equal the Assessment to the last bit; a probability of a RiskAssessment is in percent, as R4 has it', async () => {
    await publishResult(services, result, ['fhir']);
    const all = await written();
    const observations = all.Observation as fhir4.Observation[];
    const numbers = observations.flatMap(({ valueQuantity, component = [] }) => [
      ...(valueQuantity === undefined ? [] : [valueQuantity.value ?? Number.NaN]),
      ...component.map((part) => part.valueQuantity?.value ?? Number.NaN),
    ]);
    const expected = [
      ...result.assessment.models.flatMap(({ outcomes, signatures }) =>
        outcomes.flatMap(({ value, risks }) => [
          value,
          ...risks.map(({ probability }) => probability),
          ...signatures.map(({ score }) => score),
        ]),
      ),
      ...(result.course.lesions[0]?.outlines ?? []).flatMap(({ axialDiameterMm, volumeMl }) => [
        axialDiameterMm ?? 0,
        volumeMl ?? 0,
      ]),
    ];
    expect(numbers.toSorted(ascending)).toEqual(expected.sort(ascending));
    const risks = all.RiskAssessment as fhir4.RiskAssessment[];
    const outcomes = result.assessment.models.flatMap((model) => model.outcomes);
    expect(risks.flatMap(({ prediction = [] }) => prediction.flatMap((one) => one.relativeRisk ?? []))).toEqual(
      outcomes.filter(({ kind }) => kind === 'relative-hazard').map(({ value }) => value),
    );
    const percents = risks.flatMap(({ prediction = [] }) => prediction.flatMap((one) => one.probabilityDecimal ?? []));
    const probabilities = outcomes.flatMap(({ kind, value, risks: byMonth }) => [
      ...(kind === 'probability' ? [value] : []),
      ...byMonth.map(({ probability }) => probability),
    ]);
    expect(percents.length).toBe(probabilities.length);
    percents.sort(ascending);
    for (const [at, probability] of probabilities.sort(ascending).entries()) {
      expect(percents[at]).toBeCloseTo(100 * probability, 12);
    }
    const groups = risks.flatMap(({ prediction = [] }) =>
      prediction.flatMap(({ qualitativeRisk }) => qualitativeRisk?.coding?.[0]?.code ?? []),
    );
    expect(groups).toEqual(['high', 'high']);
  });

  test('everything says that a program made it, of test data, preliminary, and from what', async () => {
    await publishResult(services, result, ['fhir']);
    const all = await written();
    for (const resource of Object.values(all).flat()) {
      if (resource.resourceType === 'Device') continue;
      expect(resource.meta?.tag?.map(({ code }) => code)).toContain('HTEST');
      if ('status' in resource) expect(resource.status).toBe('preliminary');
    }
    const [report] = all.DiagnosticReport as fhir4.DiagnosticReport[];
    const [form] = report?.presentedForm ?? [];
    expect(Buffer.from(form?.data ?? '', 'base64').equals(Buffer.from(madeUpPdf))).toBe(true);
    expect(report?.conclusion).toMatch(/^SYNTHETIC, not a clinical result\. /);
    expect(report?.result).toHaveLength(6);
    expect(report?.imagingStudy?.map(({ reference }) => reference)).toEqual([
      'ImagingStudy/synthetic-aster-ct-baseline',
    ]);
    const [provenance] = all.Provenance as fhir4.Provenance[];
    const uids = provenance?.entity?.flatMap(({ what }) => what.identifier?.value ?? []) ?? [];
    for (const { segSOPInstanceUID, SeriesInstanceUID } of result.course.lesions[0]?.outlines ?? []) {
      expect(uids).toContain(`urn:oid:${segSOPInstanceUID}`);
      expect(uids).toContain(`urn:oid:${SeriesInstanceUID}`);
    }
    // Every reference leads to something: nothing points into the transaction any more.
    expect(JSON.stringify(all)).not.toContain('urn:uuid');
    const tumorSizes = (all.Observation as fhir4.Observation[]).filter(({ meta }) => meta?.profile !== undefined);
    expect(tumorSizes.map(({ component }) => component?.[0]?.code.coding?.[0]?.code)).toEqual(['33728-7', '33728-7']);
  });

  test('a result never becomes its own input: the next assessment is the same but for the time', async () => {
    await publishResult(services, result, ['fhir']);
    const again = await assessCase(source, patient);
    expect(again.assessment).toEqual(result.assessment);
    expect(await publishResult(services, again, ['fhir'])).toMatchObject({ resources: [] });
  });

  test('a changed result is added, and says which one it follows; nothing that is there is changed', async () => {
    await publishResult(services, result, ['fhir']);
    const before = await written();
    await publishResult(services, await assessCase(source, otherImages), ['fhir']);
    const after = await written();
    for (const type of writtenTypes) {
      for (const resource of before[type] ?? []) expect(after[type]).toContainEqual(resource);
    }
    // The sizes of the lesion and the devices are the same.
    expect(await counts()).toEqual({
      Device: 4,
      Observation: 8,
      RiskAssessment: 4,
      DiagnosticReport: 2,
      Provenance: 2,
    });
    const previous = (before.DiagnosticReport?.[0] as fhir4.DiagnosticReport | undefined)?.identifier?.[0];
    const revisions = (after.Provenance as fhir4.Provenance[]).flatMap(({ entity = [] }) =>
      entity.flatMap(({ role, what }) => (role === 'revision' ? [what.identifier] : [])),
    );
    expect(revisions).toEqual([previous]);
  });

  test('for another board only the report is new, and says which one it follows', async () => {
    const publishFor = (board: PublishableResult['board']) => publishResult(services, { ...result, board }, ['fhir']);
    const board = { question: 'Operable?', date: '2026-11-27' };
    await publishFor(board);
    const before = await written();
    expect((await publishFor(board)).resources).toEqual([]);
    const { resources } = await publishFor({ ...board, date: '2026-12-04' });
    expect(resources.map((reference) => reference.split('/')[0]).toSorted()).toEqual([
      'DiagnosticReport',
      'Provenance',
    ]);
    // Nobody knows of a board any more, or just now: the page stays.
    expect((await publishFor(null)).resources).toEqual([]);
    const after = await written();
    expect(await counts()).toEqual({ ...once, DiagnosticReport: 2, Provenance: 2 });
    const [first] = before.DiagnosticReport as fhir4.DiagnosticReport[];
    const second = (after.DiagnosticReport as fhir4.DiagnosticReport[]).find(({ id }) => id !== first?.id);
    expect(second?.result).toEqual(first?.result);
    const revisions = (after.Provenance as fhir4.Provenance[]).flatMap(({ entity = [] }) =>
      entity.flatMap(({ role, what }) => (role === 'revision' ? [what.identifier] : [])),
    );
    expect(revisions).toEqual([first?.identifier?.[0]]);
  });

  test('409, 412 and 500 are tried again later, and there is no duplicate', async () => {
    const attempt = () => publishResult(services, result, ['fhir']);
    for (const [status, after, code] of [
      [409, false, 'FHIR_WRITE_CONFLICT'],
      [412, false, 'FHIR_WRITE_CONFLICT'],
      [500, false, 'FHIR_UNREACHABLE'],
      // The server has stored all of it, but its answer is lost.
      [500, true, 'FHIR_UNREACHABLE'],
      [409, true, 'FHIR_WRITE_CONFLICT'],
    ] as const) {
      proxy.faultOf = () => ({ status, after });
      await expect(attempt()).rejects.toMatchObject({ code });
      expect(errorTable[code].issue).toBe('transient');
      expect(await store.lastPublication(result.assessment.subject, 'fhir')).toBeUndefined();
    }
    expect(await counts()).toEqual(once);
    proxy.faultOf = () => 'pass';
    expect((await attempt()).resources).toEqual([]);
    expect(await counts()).toEqual(once);
    expect(await store.lastPublication(result.assessment.subject, 'fhir')).toMatchObject({ target: 'fhir' });
  });
});

test('what the server does not take is not tried again, and what it stores in part is', async () => {
  const writer = (status: number, body: unknown) =>
    startFaultServer(() => ({ status, body })).then((server) => ({
      server,
      transact: () =>
        createFhirWriter({ baseUrl: server.url }).transact({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: { resourceType: 'Device' } }, { resource: { resourceType: 'Device' } }],
        }),
    }));
  const bundle = (...statuses: string[]) => ({
    resourceType: 'Bundle',
    entry: statuses.map((status) => ({ response: { status } })),
  });
  for (const [status, body, code] of [
    [422, {}, 'FHIR_WRITE_REFUSED'],
    [400, {}, 'FHIR_WRITE_REFUSED'],
    [403, {}, 'FHIR_REFUSED'],
    [200, bundle('201 Created', '409 Conflict'), 'FHIR_WRITE_CONFLICT'],
    [200, bundle('201 Created'), 'FHIR_WRITE_CONFLICT'],
    [200, { resourceType: 'OperationOutcome' }, 'FHIR_RESPONSE_INVALID'],
  ] as const) {
    const { server, transact } = await writer(status, body);
    await expect(transact()).rejects.toMatchObject({ code });
    await server.close();
  }
});

test('a connection that the server closes without an answer is tried once more', async () => {
  const server = await startFaultServer(() => ({
    body: { resourceType: 'Bundle', entry: [{ response: { status: '201 Created', location: 'Device/1' } }] },
  }));
  const proxy = await startFaultProxy(server.url);
  const transact = () =>
    createFhirWriter({ baseUrl: proxy.url }).transact({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: { resourceType: 'Device' } }],
    });
  proxy.faultOf = () => (proxy.requests.length === 1 ? 'gone' : 'pass');
  expect(await transact()).toEqual([{ reference: 'Device/1', created: true }]);
  expect(proxy.requests).toHaveLength(2);
  proxy.faultOf = () => 'gone';
  await expect(transact()).rejects.toMatchObject({ code: 'FHIR_UNREACHABLE' });
  expect(proxy.requests).toHaveLength(4);
  await proxy.close();
  await server.close();
});

test('without the scope to create nothing is sent', async () => {
  const server = await startFaultServer(() => ({ body: {} }));
  const transact = (scope: string) =>
    createFhirWriter({ baseUrl: server.url, token: fixedToken('token', parseScopes(scope)) }).transact({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: { resourceType: 'Device' } }],
    });
  for (const scope of ['system/*.rs', 'system/Device.read', 'system/Observation.crus']) {
    await expect(transact(scope)).rejects.toMatchObject({ code: 'FHIR_SCOPE' });
  }
  expect(server.requests).toEqual([]);
  for (const scope of ['system/*.cruds', 'system/Device.c', 'system/Device.write']) {
    await expect(transact(scope)).rejects.toMatchObject({ code: 'FHIR_RESPONSE_INVALID' });
  }
  expect(server.requests).toHaveLength(3);
  await server.close();
});

test('a demonstration model on a record that is not synthetic: nothing leaves', async () => {
  const fhir = await startFhirServer();
  await fhir.load(patient.bundle);
  const { assessment } = await assessCase(createFhirClient({ baseUrl: fhir.url }), patient);
  await fhir.close();
  expect(publishedModels(assessment)).not.toEqual([]);
  expect(() => publishedModels({ ...assessment, synthetic: false })).toThrow(/not synthetic/);
});

/** What was published, for one test. */
function publicationsInMemory(): PublicationStore {
  const all: Publication[] = [];
  return {
    savePublication: async (publication) => {
      all.push(publication);
    },
    lastPublication: async (of, target) => all.findLast((one) => one.patient === of && one.target === target),
  };
}

const ascending = (a: number, b: number) => a - b;
