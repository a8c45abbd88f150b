import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../cds-hooks/card.ts';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import type { ImagingStatus } from '../../src/store/records.ts';
import { orderSelect, orderSign, patientView } from '../helpers/hook-calls.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { assessablePatient, prefetchOf, type RecordService, startRecordService } from '../helpers/record-service.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';
import { until } from '../helpers/until.ts';

let service: RecordService;
let prefetch: Record<string, unknown>;
beforeAll(async () => {
  service = await startRecordService({ DELTASCOPE_REPEAT_ADVICE: 'always' });
  prefetch = await prefetchOf(service, assessablePatient);
  // Its end writes a status, after which everything is computed anew.
  await (await service.engine.requestImaging(assessablePatient)).finished;
});
afterAll(() => service.close());

const sign = orderSign(assessablePatient, 'atezolizumab');
const idOf = ([card]: readonly Card[]) =>
  (card?.extension['org.deltascope.result'] as { readonly assessment?: string } | undefined)?.assessment ?? 'no card';
const uuids = (cards: readonly Card[]) =>
  cards.flatMap(({ uuid, suggestions = [] }) => [uuid, ...suggestions.map((each) => each.uuid)]);
const said = (cards: readonly Card[]) => JSON.stringify(cards).replaceAll(/"uuid":"[^"]+"/g, '');

/** Sends a call with a prefetch, and a hookInstance of its own. */
async function call(body: { readonly hook: string }, given: unknown = prefetch, to: TestService = service) {
  const { status, cards } = await to.call({ ...body, hookInstance: crypto.randomUUID(), prefetch: given } as never);
  expect(status).toBe(200);
  return cards;
}

/** Does something within one minute of the clock: at its end everything is computed anew. */
async function withinMinute<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    const minute = Math.floor(Date.now() / 60_000);
    const result = await work();
    if (Math.floor(Date.now() / 60_000) === minute) return result;
  }
}

async function status(of: TestService): Promise<ImagingStatus> {
  const known = await of.engine.store.imagingStatusOf(`Patient/${assessablePatient}`);
  if (known === undefined) throw new Error('no imaging status');
  return known;
}

describe('calls of one minute with the same prefetch', () => {
  it('give what was computed once, on cards of their own', async () => {
    const [one, two] = await withinMinute(async () => [await call(sign), await call(sign)] as const);
    expect(idOf(two)).toBe(idOf(one));
    expect(said(two)).toBe(said(one));
    const all = [...uuids(one), ...uuids(two)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('also when they come at once', async () => {
    const fresh = { ...prefetch, other: 'at once' };
    const given = await withinMinute(() => Promise.all([1, 2, 3, 4].map(() => call(sign, fresh))));
    expect(new Set(given.map(idOf)).size).toBe(1);
  });

  it('of other hooks and for other drafts rest on the same Assessment, and say their own', async () => {
    const [one, ...others] = await withinMinute(() =>
      Promise.all([
        call(sign),
        call(orderSelect(assessablePatient, 'atezolizumab')),
        call(orderSign(assessablePatient, 'nivolumab')),
        call(patientView(assessablePatient)),
      ]),
    );
    for (const cards of others) expect(idOf(cards)).toBe(idOf(one ?? []));
    expect(others.map(([card]) => /atezolizumab|nivolumab/.exec(card?.summary ?? '')?.[0])).toEqual([
      'atezolizumab',
      'nivolumab',
      undefined,
    ]);
  });

  it('leave each its card for feedback', async () => {
    const given = await withinMinute(async () => [await call(sign), await call(sign)]);
    const feedback = given.flat().map(({ uuid }) => ({
      ...{ card: uuid, outcome: 'overridden', outcomeTimestamp: new Date().toISOString() },
    }));
    const response = await fetch(`${service.url}/cds-services/deltascope-order-sign/feedback`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ feedback }),
    });
    expect(response.status).toBe(200);
    expect(await service.engine.store.unknownFeedback({})).toBe(0);
  });

  it('a refused one does not become right by the one before', async () => {
    await call(sign);
    const other = orderSign('somebody-else', 'atezolizumab');
    expect((await service.call({ ...other, prefetch } as never)).status).toBe(400);
    const fhirServer = 'https://unknown.example/fhir';
    expect((await service.call({ ...sign, fhirServer, prefetch } as never)).cards).toHaveLength(1);
  });
});

describe('is computed anew', () => {
  it('what another prefetch says, even in one byte', async () => {
    const changed = { ...prefetch, patient: { ...(prefetch.patient as object), birthDate: '1950-01-01' } };
    const [one, two] = await withinMinute(async () => [await call(sign), await call(sign, changed)] as const);
    expect(idOf(two)).not.toBe(idOf(one));
    expect(said(two)).not.toBe(said(one));
  });

  it('what was read from a server', async () => {
    const { labs: _, ...partly } = prefetch;
    for (const given of [{}, partly]) {
      const [one, two] = await withinMinute(async () => [await call(sign, given), await call(sign, given)] as const);
      expect(idOf(two)).not.toBe(idOf(one));
    }
  });

  it('what rests on images, once something about them is stored', async () => {
    const [one, two] = await withinMinute(async () => {
      const before = await call(sign);
      await service.engine.store.saveImagingStatus(await status(service));
      return [before, await call(sign)] as const;
    });
    expect(idOf(two)).not.toBe(idOf(one));
  });

  it.skipIf(!postgresAvailable)(
    `also where another process has stored it, a second later at most (${postgresSkipReason})`,
    async () => {
      const postgres = await startPostgres();
      const archive = await startDicomwebServer({ folder: `${process.env.TMPDIR ?? '/tmp'}/deltascope-no-images` });
      const start = () =>
        startTestService(service.fhirUrl, archive.url, undefined, { DELTASCOPE_DATABASE_URL: postgres.url }, 0);
      const services = [await start(), await start()] as const;
      try {
        const [here, there] = services;
        const none = { patient: `Patient/${assessablePatient}`, state: 'none', code: 'IMAGING_NO_CT' } as const;
        const stored = { ...none, message: 'no CT', selection: [], updatedAt: new Date().toISOString() };
        await here.engine.store.saveImagingStatus(stored);
        const first = await withinMinute(async () => {
          const cards = await call(patientView(assessablePatient), prefetch, here);
          expect(idOf(await call(patientView(assessablePatient), prefetch, here))).toBe(idOf(cards));
          return cards;
        });
        const storedAt = Date.now();
        await there.engine.store.saveImagingStatus(stored);
        const isSeen = async () => idOf(await call(patientView(assessablePatient), prefetch, here)) !== idOf(first);
        await until(isSeen, 'the change of the other process');
        // A second, and what a busy machine needs for the call.
        expect(Date.now() - storedAt).toBeLessThan(5000);
      } finally {
        for (const each of services) await each.close();
        await archive.close();
        await postgres.close();
      }
    },
  );
});
