import { createHash } from 'node:crypto';
import type { DicomwebClient } from '../dicomweb/client.ts';
import { listRecentImaging, type RecentImaging } from '../dicomweb/recent-imaging.ts';
import { FhirError } from '../errors.ts';
import { findBoardAppointments } from '../fhir/appointments.ts';
import type { FhirSource } from '../fhir/client.ts';
import { findPatientByPacsId } from '../fhir/find-patient.ts';
import { findTreatedSince, hasCheckpointInhibitor } from '../fhir/inhibitor-records.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import type { Logger } from '../log.ts';
import type { SweepMarks } from '../store/sweep-marks.ts';
import type { Queued } from './boss.ts';

export interface SweepServices {
  readonly fhir: FhirSource;
  readonly dicomweb: DicomwebClient;
  readonly marks: SweepMarks;
  readonly mappings: ClinicalMappings;
  readonly patientIdSystem?: string | undefined;
  readonly logger: Logger;
  /** Told of every patient whose record was looked at. */
  noteRead(patientId: string): Promise<unknown>;
  /** Queues the analysis of a patient's images. */
  queue(patientId: string, reason: 'study' | 'therapy' | 'appointment'): Promise<Queued>;
  /**
   * Queues the publication of a patient's result for a board; left out where nothing is to be written back.
   *
   * @returns False, with nothing queued, while the analysis of the patient's images is still to come.
   */
  publishForBoard?: ((patientId: string) => Promise<boolean>) | undefined;
}

/** What one sweep did. */
export interface SweepReport {
  /** Studies and SEG series that were new or had changed. */
  readonly images: number;
  /** PatientIDs among them. */
  readonly patients: number;
  /** Of these, those whose Patient is not known or not certain. */
  readonly unmatched: number;
  /** Patients whose analysis was queued, by what was new. */
  readonly queued: Readonly<Record<'study' | 'therapy' | 'appointment', number>>;
}

const dayMs = 86_400_000;
/** Studies that old are still looked at: a segmentation is often added long after the scan. */
const lookBackDays = 30;
/** The first sweep takes the therapies recorded in so many days; the doses of one are three to six weeks apart. */
const therapyDays = 180;
/** Tumour boards that far ahead count. */
const boardDays = 7;
/** Results are published for boards that far ahead: late enough to hold the newest laboratory values. */
const publishDays = 1;
/** Clocks of the service and the FHIR server differ, and a server may show a resource some time after it was stored. */
const overlapMs = 10 * 60_000;

/**
 * Looks for work to do ahead, and queues it: new or changed CT or SEG of patients who have a checkpoint inhibitor in their record
 * or are on a tumour board soon; patients who were given one since the last sweep; patients newly on a board. Where results are written
 * back, those of the patients on tomorrow's boards are published, too.
 *
 * What was seen is marked when its job is queued, so that a sweep that is cut off is finished by the next one, and a second one
 * without news queues nothing.
 *
 * @param onProgress Called with the share done, 0 to 1.
 * @throws FhirError or DicomError when a server fails; searches over all patients that the FHIR server refuses are left out.
 */
export async function sweep(
  services: SweepServices,
  now: Date,
  onProgress: (share: number) => void = () => undefined,
): Promise<SweepReport> {
  const { dicomweb, marks } = services;
  const startedAt = now.toISOString();
  const lastSweep = await marks.lastSweep();
  const last = lastSweep === undefined ? null : Date.parse(lastSweep) - overlapMs;
  const queued = {
    therapy: await sweepTherapy(services, new Date(last ?? now.getTime() - therapyDays * dayMs).toISOString()),
    appointment: await sweepBoards(services, now),
    study: 0,
  };
  // The window grows with the time since the last sweep: what came while the service was off is not missed.
  const from = new Date((last ?? now.getTime()) - lookBackDays * dayMs);
  const listed = await listRecentImaging(dicomweb, day(from), day(new Date(now.getTime() + dayMs)));
  const byPatient = groupByPatient(await onlyNew(marks, listed));
  let [examined, images, unmatched] = [0, 0, 0];
  for (const [PatientID, found] of byPatient) {
    const outcome = await sweepPatient(services, PatientID, now);
    if (outcome === 'unmatched') unmatched += 1;
    if (outcome === 'queued' || outcome === 'waiting') queued.study += 1;
    images += found.length;
    // An analysis that runs may have looked before the study came: then the next sweep finds it again.
    if (outcome !== 'active') {
      for (const { level, uid, fingerprint } of found) await marks.markSeen(level, uid, fingerprint);
    }
    examined += 1;
    onProgress(examined / byPatient.size);
  }
  await publishForBoards(services, now);
  await marks.saveSweep(startedAt);
  onProgress(1);
  return { images, patients: byPatient.size, unmatched, queued };
}

async function onlyNew(marks: SweepMarks, listed: readonly RecentImaging[]): Promise<RecentImaging[]> {
  const found: RecentImaging[] = [];
  for (const kind of ['study', 'series'] as const) {
    const entries = listed
      .filter(({ level }) => level === kind)
      .map((entry) => ({ ...entry, key: entry.uid, mark: entry.fingerprint }));
    found.push(...(await marks.newSince(kind, entries)));
  }
  return found;
}

function groupByPatient(found: readonly RecentImaging[]): Map<string, RecentImaging[]> {
  const groups = new Map<string, RecentImaging[]>();
  for (const entry of found) groups.set(entry.PatientID, [...(groups.get(entry.PatientID) ?? []), entry]);
  return groups;
}

async function sweepPatient(
  services: SweepServices,
  PatientID: string,
  now: Date,
): Promise<Queued | 'unmatched' | 'not-watched'> {
  const { fhir, mappings, patientIdSystem, logger, noteRead, queue } = services;
  let patientId: string | undefined;
  try {
    patientId = await findPatientByPacsId(fhir, PatientID, patientIdSystem);
  } catch (error) {
    if (!(error instanceof FhirError) || error.code !== 'FHIR_SUBJECT_MISMATCH') throw error;
    logger.warn({ job: 'sweep', code: error.code }, error.message);
  }
  if (patientId === undefined) return 'unmatched';
  await noteRead(patientId);
  if (await hasCheckpointInhibitor(fhir, patientId, mappings)) return queue(patientId, 'study');
  const appointments = await overAll(services, 'Appointment', () =>
    findBoardAppointments(fhir, mappings.tumourBoard, { ...boardRange(now), patientId }),
  );
  return appointments.length > 0 ? queue(patientId, 'study') : 'not-watched';
}

async function sweepTherapy(services: SweepServices, since: string): Promise<number> {
  const { fhir, marks, mappings, noteRead, queue } = services;
  const patients = await overAll(services, 'MedicationRequest', () => findTreatedSince(fhir, since, mappings));
  const entries = patients.map((key) => ({ key, mark: 'checkpoint-inhibitor' }));
  const fresh = await marks.newSince('therapy', entries);
  for (const { key, mark } of fresh) {
    await noteRead(key);
    await queue(key, 'therapy');
    await marks.markSeen('therapy', key, mark);
  }
  return fresh.length;
}

async function sweepBoards(services: SweepServices, now: Date): Promise<number> {
  const { marks, noteRead, queue } = services;
  const fresh = await marks.newSince('appointment', await boardEntries(services, boardRange(now)));
  for (const { key, mark, patientId } of fresh) {
    await noteRead(patientId);
    await queue(patientId, 'appointment');
    await marks.markSeen('appointment', key, mark);
  }
  return new Set(fresh.map(({ patientId }) => patientId)).size;
}

/** Comes last in a sweep: what it found new is analysed first, and a patient whose analysis is awaited has another turn. */
async function publishForBoards(services: SweepServices, now: Date): Promise<void> {
  const { marks, publishForBoard } = services;
  if (publishForBoard === undefined) return;
  const entries = (await boardEntries(services, boardRange(now, publishDays))).map(({ question = '', ...entry }) => ({
    ...entry,
    // The page shows both; a question is no content for a mark.
    mark: `${entry.start} ${createHash('sha256').update(question).digest('hex')}`,
  }));
  for (const { key, mark, patientId } of await marks.newSince('board-publication', entries)) {
    if (await publishForBoard(patientId)) await marks.markSeen('board-publication', key, mark);
  }
}

async function boardEntries(services: SweepServices, range: ReturnType<typeof boardRange>) {
  const { fhir, mappings } = services;
  const appointments = await overAll(services, 'Appointment', () =>
    findBoardAppointments(fhir, mappings.tumourBoard, range),
  );
  return appointments.map((entry) => ({ ...entry, key: `${entry.id} ${entry.patientId}`, mark: entry.start }));
}

/** Not every server searches over all patients, or has appointments: the sweep does without, and says so. */
async function overAll<T>({ logger }: SweepServices, resourceType: string, search: () => Promise<T[]>): Promise<T[]> {
  try {
    return await search();
  } catch (error) {
    if (!(error instanceof FhirError) || !refusals.includes(error.code)) throw error;
    logger.info({ job: 'sweep', resourceType, code: error.code }, 'the FHIR server does not answer this search');
    return [];
  }
}

const refusals: readonly string[] = ['FHIR_SCOPE', 'FHIR_REFUSED', 'FHIR_NOT_OFFERED', 'FHIR_RESPONSE_INVALID'];

function boardRange(now: Date, days = boardDays): { from: string; to: string } {
  return { from: day(now), to: day(new Date(now.getTime() + days * dayMs)) };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
