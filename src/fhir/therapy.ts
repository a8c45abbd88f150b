import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import { drugsIn, findCheckpointInhibitor, isSystemicTherapy } from './drug-match.ts';
import type { Fact, FactProblem } from './facts.ts';
import { knownLungCancers } from './histology.ts';
import { calendarDays, firstMoment, hasHappened, type Moment, parseMoment } from './moment.ts';
import { isFinal, observationMoment } from './observation-state.ts';
import { type MedicationUse, referenceTo } from './resources.ts';

const sourcesOfTherapy = ['MedicationAdministration', 'MedicationStatement', 'Medication', 'Observation'];

/** An event of the course of therapy with its place in the record. */
interface Event {
  readonly moment: Moment;
  readonly source: string;
}

interface Dose extends Event {
  readonly use: MedicationUse;
}

/** Mean length of a month of the Gregorian calendar, days. */
const daysPerMonth = 30.4375;

/** How long before the recorded onset a dose still counts for this cancer: onset dates are often those of the pathology. */
const onsetToleranceMs = 31 * 86_400_000;

/**
 * Doses of checkpoint inhibitors and chemotherapy, start of immunotherapy, line of the therapy that is being decided now, and first-line progression-free survival.
 *
 * FHIR has no element for the line of therapy. Line 1 begins with the first recorded dose of systemic therapy; each
 * progression after a dose ends a line. Repeated progressions without a dose between them are one.
 */
export function readTherapy(reading: Reading): Findings {
  // The first dose or the last progression may stand in what could not be read.
  if (sourcesOfTherapy.some((resourceType) => reading.unread.has(resourceType))) return { facts: [], problems: [] };
  const doses = systemicDoses(reading);
  const progressions = knownProgressions(reading);
  const facts = [...dosesByKind(doses, reading), ...immunotherapyStart(doses, reading)];
  const [first] = doses;
  if (knownLungCancers(reading).length === 0) return { facts, problems: [] };
  if (first === undefined) return withoutDoses(reading, facts, progressions);
  const ends = linesEnded(doses, progressions);
  facts.push(therapyLine(first, ends), ...firstLinePfs(first, ends));
  return { facts, problems: [] };
}

/** Doses given for the lung cancer by `asOf`, oldest first. Orders, and doses that were stopped or not given, are none. */
function systemicDoses(reading: Reading): Dose[] {
  const { chart, mappings, asOf } = reading;
  const since = cancerOnset(reading);
  return chart.medicationUses
    .flatMap((use): Dose[] => {
      if (use.resourceType === 'MedicationRequest' || !isGiven(use)) return [];
      const moment = firstMoment(use.effectiveDateTime, use.effectivePeriod?.start, use.effectivePeriod?.end);
      if (moment === undefined || !hasHappened(moment, asOf) || moment.at < since) return [];
      if (isOfAnotherDisease(use.reasonReference, reading) || !isSystemicTherapy(use, chart.resolve, mappings))
        return [];
      return [{ moment, source: referenceTo(use), use }];
    })
    .toSorted((a, b) => a.moment.at - b.moment.at);
}

function isGiven({ resourceType, status }: MedicationUse): boolean {
  const given = resourceType === 'MedicationStatement' ? ['active', 'completed'] : ['in-progress', 'completed'];
  return given.includes(status);
}

function cancerOnset(reading: Reading): number {
  const onsets = knownLungCancers(reading).flatMap(({ condition: { onsetDateTime, onsetPeriod } }) => {
    const onset = firstMoment(onsetDateTime, onsetPeriod?.start);
    return onset === undefined ? [] : [onset.at];
  });
  return onsets.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...onsets) - onsetToleranceMs;
}

/** Progressions by `asOf`, oldest first. The Observation's code is named "progression" whatever its answer: the value counts. */
function knownProgressions(reading: Reading): Event[] {
  const { observations, progression } = reading.mappings.conditions.diseaseStatus;
  return reading.chart.observations
    .flatMap((observation): Event[] => {
      if (!isInSet(observations, observation.code) || !isInSet(progression, observation.valueCodeableConcept))
        return [];
      if (!isFinal(observation)) return [];
      if (isOfAnotherDisease(observation.focus, reading)) return [];
      const moment = observationMoment(observation);
      if (moment === undefined || !hasHappened(moment, reading.asOf)) return [];
      return [{ moment, source: referenceTo(observation) }];
    })
    .toSorted((a, b) => a.moment.at - b.moment.at);
}

/** The progressions that ended a line: the first after each stretch of doses. */
function linesEnded(doses: readonly Dose[], progressions: readonly Event[]): Event[] {
  const ends: Event[] = [];
  for (const progression of progressions) {
    const since = ends.at(-1)?.moment.at ?? Number.NEGATIVE_INFINITY;
    const dosed = doses.some(({ moment }) => moment.at > since && moment.at < progression.moment.at);
    if (dosed) ends.push(progression);
  }
  return ends;
}

function therapyLine(first: Dose, ends: readonly Event[]): Fact {
  const last = ends.at(-1) ?? first;
  return {
    key: 'therapyLine',
    value: 1 + ends.length,
    unit: null,
    date: last.moment.text,
    sources: [first.source, ...ends.map(({ source }) => source)],
    status: 'derived',
    derivation: '1 + progressions under or after systemic therapy',
  };
}

function firstLinePfs(first: Dose, [progression]: readonly Event[]): Fact[] {
  if (progression === undefined) return [];
  const months = calendarDays(first.moment, progression.moment) / daysPerMonth;
  return [
    {
      key: 'firstLinePfsMonths',
      value: Number(months.toFixed(2)),
      unit: 'mo',
      date: progression.moment.text,
      sources: [first.source, progression.source],
      status: 'derived',
      derivation: 'first progression - first dose of systemic therapy',
    },
  ];
}

const doseKeys = { 'checkpoint-inhibitor': 'checkpointInhibitorDose', chemotherapy: 'chemotherapyDose' } as const;

function dosesByKind(doses: readonly Dose[], { chart, mappings }: Reading): Fact[] {
  return doses.flatMap(({ use, moment, source }) =>
    drugsIn(use, chart.resolve, mappings.drugs).map(({ inn, group }) => ({
      ...{ key: doseKeys[group], value: inn, unit: null, date: moment.text, sources: [source], status: use.status },
    })),
  );
}

function immunotherapyStart(doses: readonly Dose[], { chart, mappings }: Reading): Fact[] {
  for (const { use, moment, source } of doses) {
    const drug = findCheckpointInhibitor(use, chart.resolve, mappings);
    if (drug === undefined) continue;
    const { text: date } = moment;
    const derivation = `first recorded dose of a checkpoint inhibitor (${drug.inn})`;
    return [
      { key: 'immunotherapyStart', value: date, unit: null, date, sources: [source], status: use.status, derivation },
    ];
  }
  return [];
}

/**
 * Without a dose the first line lies ahead, but only if nothing speaks against it: an order that was carried out or ended, or
 * a progression, says that a therapy was given whose doses are not in the record.
 */
function withoutDoses(reading: Reading, facts: readonly Fact[], progressions: readonly Event[]): Findings {
  const lungCancers = knownLungCancers(reading);
  const since = cancerOnset(reading);
  const orders = reading.chart.medicationUses.filter(
    (use) =>
      use.resourceType === 'MedicationRequest' &&
      ['completed', 'stopped'].includes(use.status) &&
      (parseMoment(use.authoredOn)?.at ?? Number.POSITIVE_INFINITY) >= since &&
      !isOfAnotherDisease(use.reasonReference, reading) &&
      isSystemicTherapy(use, reading.chart.resolve, reading.mappings),
  );
  const evidence = [...orders.map(referenceTo), ...progressions.map(({ source }) => source)];
  const [source] = evidence;
  if (source !== undefined) {
    const text =
      'Orders of systemic therapy or a progression are recorded, but no dose: line of therapy and PFS are unknown';
    const problem: FactProblem = { code: 'FACT_UNRECOGNISED', key: 'therapyLine', source, text };
    return { facts, problems: [problem] };
  }
  if (reading.unread.has('MedicationRequest')) return { facts, problems: [] };
  const line: Fact = {
    key: 'therapyLine',
    value: 1,
    unit: null,
    date: reading.asOf.toISOString(),
    sources: lungCancers.map(({ condition }) => referenceTo(condition)),
    status: 'derived',
    derivation: 'no dose of systemic therapy is recorded',
  };
  return { facts: [...facts, line], problems: [] };
}
