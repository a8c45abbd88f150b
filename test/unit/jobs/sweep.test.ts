import { describe, expect, it } from 'vitest';
import type { DicomwebClient } from '../../../src/dicomweb/client.ts';
import { DicomError, FhirError } from '../../../src/errors.ts';
import type { FhirSource, SearchParams } from '../../../src/fhir/client.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import type { Queued } from '../../../src/jobs/boss.ts';
import { sweep } from '../../../src/jobs/sweep.ts';
import { createLogger } from '../../../src/log.ts';
import type { SweepMarks } from '../../../src/store/sweep-marks.ts';
import { fakeClient } from '../../helpers/fake-archive.ts';
import { administration, concept, mappings, order } from '../../helpers/fhir-resources.ts';

const now = new Date('2026-11-21T12:00:00Z');
const atezolizumab = 'L01FF05';
const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const patient = (id: string, value: string): Resource =>
  ({ resourceType: 'Patient', id, identifier: [{ system: 'urn:pacs', value }] }) as Resource;

/** A record of these resources; without a patient it refuses what `refuses` names. */
function record(resources: readonly Resource[], refuses: readonly string[] = []): FhirSource {
  const subjectOf = (resource: Resource) =>
    'subject' in resource ? (resource.subject as { reference?: string }).reference : undefined;
  return {
    async read(resourceType, id) {
      const found = resources.find((each) => each.resourceType === resourceType && 'id' in each && each.id === id);
      if (found === undefined) throw new FhirError('FHIR_NOT_OFFERED', resourceType, 'not there');
      return found;
    },
    async search(resourceType: string, params: SearchParams) {
      if (params.patient === undefined && refuses.includes(resourceType)) {
        throw new FhirError('FHIR_REFUSED', resourceType, 'patient missing');
      }
      return resources.filter(
        (each) =>
          each.resourceType === resourceType &&
          (params.patient === undefined || subjectOf(each) === `Patient/${params.patient}`),
      );
    },
  };
}

/** An archive with a CT study for each of these PatientIDs. */
function archive(PatientIDs: readonly string[], more: Partial<DicomwebClient> = {}): DicomwebClient {
  return {
    ...fakeClient([]),
    searchStudiesByDate: async ({ ModalitiesInStudy }) =>
      ModalitiesInStudy === 'CT'
        ? PatientIDs.map((PatientID, at) => ({
            StudyInstanceUID: `1.2.${at}`,
            PatientID,
            NumberOfStudyRelatedSeries: 1,
          }))
        : [],
    searchSeriesByDate: async () => [],
    ...more,
  };
}

function memoryMarks(): SweepMarks {
  const marks = new Map<string, string>();
  return {
    newSince: async (kind, entries) => entries.filter(({ key, mark }) => marks.get(`${kind} ${key}`) !== mark),
    async markSeen(kind, key, mark) {
      marks.set(`${kind} ${key}`, mark);
    },
    lastSweep: async () => marks.get('last'),
    async saveSweep(startedAt) {
      marks.set('last', startedAt);
    },
  };
}

function services(fhir: FhirSource, dicomweb: DicomwebClient, answer: (id: string) => Queued = () => 'queued') {
  const queued: string[] = [];
  const read: string[] = [];
  return {
    queued,
    read,
    fhir,
    dicomweb,
    mappings,
    marks: memoryMarks(),
    logger: createLogger('silent'),
    noteRead: async (id: string) => read.push(id),
    async queue(id: string, reason: string) {
      queued.push(`${id} ${reason}`);
      return answer(id);
    },
  };
}

/** The FHIR server refuses every search without a patient, as servers of hospitals do. */
const everything = [
  'Medication',
  'MedicationRequest',
  'MedicationAdministration',
  'MedicationStatement',
  'Appointment',
];

describe('sweep', () => {
  it('does without searches over all patients where the FHIR server refuses them', async () => {
    const treated = [patient('a', 'A'), administration(atezolizumab, '2026-10-01', of('a')), patient('b', 'B')];
    const swept = services(record(treated, everything), archive(['A', 'B']));
    const report = await sweep(swept, now);
    expect(report).toEqual({ images: 2, patients: 2, unmatched: 0, queued: { study: 1, therapy: 0, appointment: 0 } });
    expect(swept.queued).toEqual(['a study']);
    expect(swept.read).toEqual(['a', 'b']);
  });

  it('does without a resource type that it may not read, and fails where it may read none', async () => {
    const treated = record([patient('a', 'A'), administration(atezolizumab, '2026-10-01', of('a'))], everything);
    const closedTo = (closed: readonly string[]): FhirSource => ({
      ...treated,
      search(resourceType, params) {
        if (closed.includes(resourceType)) throw new FhirError('FHIR_REFUSED', resourceType, 'scope');
        return treated.search(resourceType, params);
      },
    });
    const some = services(closedTo(['MedicationRequest', 'MedicationStatement']), archive(['A']));
    expect((await sweep(some, now)).queued.study).toBe(1);
    const none = services(closedTo(everything), archive(['A']));
    await expect(sweep(none, now)).rejects.toMatchObject({ code: 'FHIR_REFUSED' });
  });

  it('publishes for boards up to tomorrow, once each; a patient whose images are awaited has another turn', async () => {
    const board = (id: string, day: string) =>
      ({
        resourceType: 'Appointment',
        id: `board-${id}`,
        status: 'booked',
        start: `${day}T08:00:00Z`,
        serviceType: [{ coding: [...mappings.tumourBoard] }],
        participant: [{ actor: { reference: `Patient/${id}` } }],
      }) as unknown as Resource;
    const boards = record([board('a', '2026-11-22'), board('b', '2026-11-22'), board('c', '2026-11-25')]);
    const fhir: FhirSource = {
      ...boards,
      async search(resourceType, params) {
        const found = await boards.search(resourceType, params);
        const last = [params.date]
          .flat()
          .map(String)
          .find((date) => date.startsWith('le'));
        return found.filter((each) => !('start' in each) || String(each.start).slice(0, 10) <= String(last).slice(2));
      },
    };
    const published: string[] = [];
    const awaited = new Set(['b']);
    const swept = {
      ...services(fhir, archive([])),
      async publishForBoard(id: string) {
        if (awaited.has(id)) return false;
        published.push(id);
        return true;
      },
    };
    await sweep(swept, now);
    expect(published).toEqual(['a']);
    awaited.clear();
    await sweep(swept, now);
    await sweep(swept, now);
    expect(published).toEqual(['a', 'b']);
    expect(swept.queued).toEqual(['a appointment', 'b appointment', 'c appointment']);
  });

  it('takes nobody where two Patients carry the PatientID', async () => {
    const twins = [patient('a', 'A'), patient('b', 'A'), administration(atezolizumab, '2026-10-01', of('a'))];
    const swept = services(record(twins, everything), archive(['A']));
    expect(await sweep(swept, now)).toMatchObject({ patients: 1, unmatched: 1 });
    expect(swept.queued).toEqual([]);
  });

  it.each<[string, Resource[], boolean]>([
    ['a draft order', [order({ medicationCodeableConcept: { text: 'Atezolizumab 1200 mg' } }, of('a'))], true],
    [
      'an order that refers to a Medication',
      [
        order({ medicationReference: { reference: 'Medication/m' } }, of('a')),
        { resourceType: 'Medication', id: 'm', code: concept('http://www.whocc.no/atc', atezolizumab) } as Resource,
      ],
      true,
    ],
    ['another drug', [administration('L01XA02', '2026-10-01', of('a'))], false],
    [
      'an order not to give it',
      [order({ doNotPerform: true, medicationCodeableConcept: { text: 'Atezolizumab' } }, of('a'))],
      false,
    ],
    ['an error', [administration(atezolizumab, '2026-10-01', { ...of('a'), status: 'entered-in-error' })], false],
    [
      'a dose that was not given',
      [administration(atezolizumab, '2026-10-01', { ...of('a'), status: 'not-done' })],
      false,
    ],
  ])('%s', async (_title, uses, isWatched) => {
    const swept = services(record([patient('a', 'A'), ...uses], everything), archive(['A']));
    await sweep(swept, now);
    expect(swept.queued).toEqual(isWatched ? ['a study'] : []);
  });

  it('finds a study again while an analysis of the patient runs that may not have seen it', async () => {
    let runs = true;
    const treated = [patient('a', 'A'), administration(atezolizumab, '2026-10-01', of('a'))];
    const swept = services(record(treated, everything), archive(['A']), () => (runs ? 'active' : 'queued'));
    expect((await sweep(swept, now)).queued.study).toBe(0);
    runs = false;
    expect((await sweep(swept, now)).queued.study).toBe(1);
    expect((await sweep(swept, now)).images).toBe(0);
  });

  it('finds a study again when series were added', async () => {
    let series = 1;
    const searchStudiesByDate = async () => [
      { StudyInstanceUID: '1.2', PatientID: 'A', NumberOfStudyRelatedSeries: series },
    ];
    const treated = [patient('a', 'A'), administration(atezolizumab, '2026-10-01', of('a'))];
    const swept = services(record(treated, everything), archive([], { searchStudiesByDate }));
    expect((await sweep(swept, now)).images).toBe(1);
    expect((await sweep(swept, now)).images).toBe(0);
    series = 2;
    expect((await sweep(swept, now)).queued.study).toBe(1);
  });

  it('a sweep that is cut off is finished by the next one, without doing anything twice', async () => {
    let isDown = true;
    const treated = ['a', 'b'].flatMap((id) => [
      patient(id, id.toUpperCase()),
      administration(atezolizumab, '2026-10-01', of(id)),
    ]);
    const whole = record(treated, everything);
    const fhir: FhirSource = {
      ...whole,
      search(resourceType, params) {
        if (isDown && params.patient === 'b') throw new FhirError('FHIR_UNREACHABLE', resourceType, 'down');
        return whole.search(resourceType, params);
      },
    };
    const swept = services(fhir, archive(['A', 'B']));
    await expect(sweep(swept, now)).rejects.toMatchObject({ code: 'FHIR_UNREACHABLE' });
    isDown = false;
    await sweep(swept, now);
    expect(swept.queued).toEqual(['a study', 'b study']);
  });

  it('looks back from the last sweep, however long the service was off', async () => {
    const ranges: string[] = [];
    const searchStudiesByDate = async ({ StudyDate }: { StudyDate: string }) => {
      ranges.push(StudyDate);
      return [];
    };
    const swept = services(record([], everything), archive([], { searchStudiesByDate }));
    await sweep(swept, new Date('2026-06-01T12:00:00Z'));
    await sweep(swept, now);
    expect(new Set(ranges)).toEqual(new Set(['20260502-20260602', '20260502-20261122']));
  });

  it('takes a segmentation by its own date where the archive searches series, and does without where it does not', async () => {
    const treated = [patient('a', 'A'), administration(atezolizumab, '2026-10-01', of('a'))];
    const drawn = [
      { SeriesInstanceUID: '1.3.1', PatientID: 'A', Modality: 'SEG' },
      { SeriesInstanceUID: '1.3.2', PatientID: 'A', Modality: 'CT' },
    ];
    const searching = services(record(treated, everything), archive([], { searchSeriesByDate: async () => drawn }));
    expect(await sweep(searching, now)).toMatchObject({ images: 1, queued: { study: 1 } });
    const refusing = (code: 'PACS_RESPONSE_INVALID' | 'PACS_UNREACHABLE') =>
      archive(['A'], { searchSeriesByDate: () => Promise.reject(new DicomError(code, 'url', 'HTTP 404')) });
    expect(await sweep(services(record(treated, everything), refusing('PACS_RESPONSE_INVALID')), now)).toMatchObject({
      images: 1,
    });
    const down = sweep(services(record(treated, everything), refusing('PACS_UNREACHABLE')), now);
    await expect(down).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
  });
});
