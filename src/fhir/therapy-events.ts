import type { Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import { drugsIn, isSystemicTherapy, therapyNames } from './drug-match.ts';
import { knownLungCancers } from './histology.ts';
import type { Drug } from './mappings.ts';
import { firstMoment, hasHappened, type Moment, parseMoment } from './moment.ts';
import { isFinal, isKnownBy, observationMoment } from './observation-state.ts';
import { type MedicationUse, referenceTo } from './resources.ts';

/** An event of the course of therapy with its place in the record. */
export interface TherapyEvent {
  readonly moment: Moment;
  readonly source: string;
}

/** A recorded dose, or a statement of a drug that was taken for some time. */
export interface Dose extends TherapyEvent {
  readonly status: string;
  /** Drugs of the table that were given. */
  readonly drugs: readonly Drug[];
  /** INN of each drug; the code of one that is in no table. */
  readonly names: readonly string[];
  /** How long it was taken, up to `asOf`; the moment itself for a single dose. */
  readonly until: Moment;
}

/** How long before the recorded onset a dose still counts for this cancer: onset dates are often those of the pathology. */
const onsetToleranceMs = 31 * 86_400_000;

/** Doses given for the lung cancer by `asOf`, oldest first. Orders, and doses that were stopped or not given, are none. */
export function systemicDoses(reading: Reading): Dose[] {
  const { chart, mappings, asOf } = reading;
  const since = cancerOnset(reading);
  return chart.medicationUses
    .flatMap((use): Dose[] => {
      if (use.resourceType === 'MedicationRequest' || !isGiven(use)) return [];
      const moment = firstMoment(use.effectiveDateTime, use.effectivePeriod?.start, use.effectivePeriod?.end);
      if (moment === undefined || !hasHappened(moment, asOf) || moment.at < since) return [];
      if (isOfAnotherDisease(use.reasonReference, reading) || !isSystemicTherapy(use, chart.resolve, mappings))
        return [];
      if (use.resourceType === 'MedicationStatement' && isLater(use.dateAsserted, asOf)) return [];
      const drugs = drugsIn(use, chart.resolve, mappings.drugs);
      const names = therapyNames(use, chart.resolve, mappings);
      return [
        { moment, source: referenceTo(use), status: use.status, drugs, names, until: lastDay(use, moment, asOf) },
      ];
    })
    .toSorted((a, b) => a.moment.at - b.moment.at);
}

type GivenUse = Exclude<MedicationUse, { resourceType: 'MedicationRequest' }>;

function isGiven({ resourceType, status }: GivenUse): boolean {
  const given = resourceType === 'MedicationStatement' ? ['active', 'completed'] : ['in-progress', 'completed'];
  return given.includes(status);
}

function lastDay({ status, effectivePeriod }: GivenUse, moment: Moment, asOf: Date): Moment {
  const end = parseMoment(effectivePeriod?.end);
  if (end !== undefined && hasHappened(end, asOf)) return end;
  const ongoing =
    effectivePeriod !== undefined && (status === 'active' || status === 'in-progress' || end !== undefined);
  return (ongoing ? parseMoment(asOf.toISOString()) : undefined) ?? moment;
}

function isLater(date: string | undefined, asOf: Date): boolean {
  const moment = parseMoment(date);
  return moment !== undefined && !hasHappened(moment, asOf);
}

/** When the lung cancer began at the earliest, milliseconds since 1970, with the tolerance that its records need. */
export function cancerOnset(reading: Reading): number {
  const onsets = knownLungCancers(reading).flatMap(({ condition: { onsetDateTime, onsetPeriod } }) => {
    const onset = firstMoment(onsetDateTime, onsetPeriod?.start);
    return onset === undefined ? [] : [onset.at];
  });
  return onsets.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...onsets) - onsetToleranceMs;
}

/** Progressions known by `asOf`, oldest first. The Observation's code is named "progression" whatever its answer: the value counts. */
export function knownProgressions(reading: Reading): TherapyEvent[] {
  const { observations, progression } = reading.mappings.conditions.diseaseStatus;
  return reading.chart.observations
    .flatMap((observation): TherapyEvent[] => {
      if (!isInSet(observations, observation.code) || !isInSet(progression, observation.valueCodeableConcept))
        return [];
      if (!isFinal(observation)) return [];
      if (isOfAnotherDisease(observation.focus, reading)) return [];
      const moment = observationMoment(observation);
      if (moment === undefined || !isKnownBy(observation, moment, reading.asOf)) return [];
      return [{ moment, source: referenceTo(observation) }];
    })
    .toSorted((a, b) => a.moment.at - b.moment.at);
}

/** Procedures of systemic therapy since the cancer began: it was given, whether or not its doses are recorded. */
export function therapyProcedures(reading: Reading): string[] {
  const { chart, mappings, asOf } = reading;
  return chart.procedures
    .filter(({ status, code, performedDateTime, performedPeriod, reasonReference }) => {
      if (!['completed', 'in-progress', 'stopped'].includes(status)) return false;
      const moment = firstMoment(performedDateTime, performedPeriod?.start, performedPeriod?.end);
      if (moment === undefined || !hasHappened(moment, asOf) || moment.at < cancerOnset(reading)) return false;
      return isInSet(mappings.systemicTherapyProcedures, code) && !isOfAnotherDisease(reasonReference, reading);
    })
    .map(referenceTo);
}

/** Orders of systemic therapy, known by `asOf`, that were carried out or ended: a therapy was given, whether or not its doses are recorded. */
export function endedOrders(reading: Reading): string[] {
  const { chart, mappings, asOf } = reading;
  const since = cancerOnset(reading);
  return chart.medicationUses
    .filter((use) => {
      if (use.resourceType !== 'MedicationRequest' || !['completed', 'stopped'].includes(use.status)) return false;
      if (isLater(use.authoredOn, asOf) || (parseMoment(use.authoredOn)?.at ?? Number.POSITIVE_INFINITY) < since)
        return false;
      return !isOfAnotherDisease(use.reasonReference, reading) && isSystemicTherapy(use, chart.resolve, mappings);
    })
    .map(referenceTo);
}
